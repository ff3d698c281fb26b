-- The items of the rule sets with their names: their own, else those of the rule set they are.
CREATE OR REPLACE VIEW rules.item_named AS
SELECT i.rule_set, i.version, i.code, i.kind, i.parent, i.ord, i.weight, i.unit, i.decimals,
       coalesce(i.th, r.name_th) AS name_th, coalesce(i.en, r.name_en) AS name_en
FROM register.score_item AS i
LEFT JOIN LATERAL (SELECT n.name_th, n.name_en FROM register.rule_set AS n
                   WHERE n.code = i.code ORDER BY n.version DESC LIMIT 1) AS r ON true;

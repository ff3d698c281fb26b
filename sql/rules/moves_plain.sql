-- What rules.case_moves() finds where it depends on nothing but the state, the route and the roles, and
-- whether it does: `settled`. Nearly every case that is read is in such a place. A set of one, without
-- settings of its own, so that it is inlined where it stands in a FROM.
CREATE OR REPLACE FUNCTION rules.moves_plain(state text, route text, acts_as text[])
RETURNS TABLE (kinds text[], settled boolean)
LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT coalesce(array_agg(DISTINCT m.kind ORDER BY m.kind), '{}'),
           bool_and(m.selects = '{}' AND m.conditions <@ rules.conditions_told()
                    AND NOT m.two_person) IS NOT FALSE
    FROM register.move AS m
    WHERE moves_plain.state = ANY (m.from_states) AND moves_plain.route = ANY (m.routes)
      AND m.roles && moves_plain.acts_as;
END;
COMMENT ON FUNCTION rules.moves_plain(text, text, text[]) IS
    'The kinds of event that can be posted, where the place of the case settles them';

-- As which roles somebody is accused when a case accuses a unit's head or its officers without a
-- name. Exclusions name those who held the office then; who came into the register later must not
-- learn of the case from a count either, and who followed the accused is shown too little.
CREATE OR REPLACE FUNCTION rules.accused_as(person register.principal, office register.unit)
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN person.name IN (office.head, office.deputy)
                 OR person.unit = office.code AND 'unit_head' = ANY (person.role_set)
            THEN '{unit_head}'::text[] ELSE '{}' END
       || CASE WHEN person.unit = office.code AND 'officer' = ANY (person.role_set)
               THEN '{unit_officer}'::text[] ELSE '{}' END;

-- Who acts in a case reads it: the view says so once, and has no column `reads` any more.
DROP VIEW IF EXISTS rules.case_seen CASCADE; -- it is made anew after this, with what is made of it

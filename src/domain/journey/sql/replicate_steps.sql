-- Its keys can be checked late, so that steps can be numbered anew; a publication needs to know its rows by something else.
ALTER TABLE {data.journey_step} REPLICA IDENTITY FULL

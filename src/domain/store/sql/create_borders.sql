CREATE TABLE {data.borders} (one boolean PRIMARY KEY DEFAULT true CHECK (one), fit bigint, at_risk_after double precision NOT NULL,
    lapsed_after double precision NOT NULL, grid text NOT NULL, rules text NOT NULL, layout integer NOT NULL, settings text)

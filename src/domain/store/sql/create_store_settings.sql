CREATE TABLE {data.store_settings} (one boolean PRIMARY KEY DEFAULT true CHECK (one), settings jsonb NOT NULL, key_type text NOT NULL,
    reader name, made_reader boolean NOT NULL DEFAULT false, attached_at timestamptz NOT NULL DEFAULT now(),
    conditions jsonb NOT NULL DEFAULT '{}', layout integer NOT NULL DEFAULT 1,
    made text[] NOT NULL DEFAULT '{}')

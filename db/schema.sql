-- The users of the application. Run before seed.sql; it starts the table anew, so it is for a database of a workspace
-- only.
DROP TABLE IF EXISTS public.users CASCADE;

CREATE TABLE public.users (
    uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    display_name text NOT NULL,
    -- `preferred_username` in the user pool.
    handle text NOT NULL UNIQUE,
    email text NOT NULL UNIQUE,
    -- The user's `sub` in the pool; `MOCK` until `underpin users sync` sets it.
    cognito_user_id text NOT NULL DEFAULT 'MOCK',
    created_at timestamptz NOT NULL DEFAULT current_timestamp
);

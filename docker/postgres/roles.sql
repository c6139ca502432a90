-- Two roles and the database, the same for the embedded PostgreSQL and for docker-compose; safe to run again.
-- The passwords are those of the environment, so that they stand in no list of processes.
-- oms_owner migrates. oms_app is the application: it cannot change history (migrate revokes that table by table).
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD

SELECT format('CREATE ROLE oms_owner LOGIN CREATEDB PASSWORD %L', :'owner_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'oms_owner') \gexec
SELECT format('CREATE ROLE oms_app LOGIN PASSWORD %L', :'app_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'oms_app') \gexec

-- Short statements only: compiling them costs more than it saves.
ALTER ROLE oms_app SET jit = off;
-- The tests make their databases as the owner and step down to the application.
GRANT oms_app TO oms_owner;

-- In template1, so that the tests' databases have it as well.
\connect template1
ALTER DEFAULT PRIVILEGES FOR ROLE oms_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO oms_app;
ALTER DEFAULT PRIVILEGES FOR ROLE oms_owner GRANT USAGE, SELECT ON SEQUENCES TO oms_app;

SELECT 'CREATE DATABASE oms OWNER oms_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'oms') \gexec

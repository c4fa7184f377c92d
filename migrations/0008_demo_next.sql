-- What was wished for while demo mode was being left: set up in the commit that ends the leaving.
ALTER TABLE users ADD COLUMN demo_next JSONB CHECK (demo_next IS NULL OR demo_mode_status = 'disabling');

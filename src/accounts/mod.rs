//! Who may sign in: set-up, sign-up, passwords.

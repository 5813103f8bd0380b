//! What the last gate lets through and what it does not.

mod mutants;

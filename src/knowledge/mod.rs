//! What is known of images, programs and names, apart from any project.
//!
//! The facts are tables in `data/`, one kind a file, whose heads explain the columns; here they are loaded and looked up.
//! Nothing here has an opinion on what follows from a fact.

pub(crate) mod images;
pub(crate) mod programs;
pub(crate) mod setting;
mod table;

//! What the pycls model families look like inside, as far as sampling needs to know it.

pub mod regnet;

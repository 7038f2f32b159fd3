//! Models: which there are, and how one comes to this computer.

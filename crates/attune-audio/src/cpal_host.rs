//! cpal_host
pub struct CpalHost;

//! (in work)
#![allow(dead_code, reason = "in work")]
mod datum;
mod reader;
mod remark;

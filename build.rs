//! How the extension is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // What src/pg/ffi/spare_memory.rs stands before; other systems than Linux let a process have more memory than there is.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        for function in ["CopyErrorData", "errstart", "errfinish"] {
            println!("cargo:rustc-cdylib-link-arg=-Wl,--wrap={function}");
        }
    }
}

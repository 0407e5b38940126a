package io.twinport.control.host.teaming;

/** How bad a finding is. */
public enum Level {
    /** The pair does not work so: libvirt or QEMU refuses it, or the guest loses its traffic. */
    ERROR,
    /** It works, but not in each case, or worse than it could; or whether it works cannot be told. */
    WARNING,
    /** Worth knowing. */
    NOTE
}

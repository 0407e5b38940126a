package io.twinport.posix;

/** A system call that failed. */
public final class PosixException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param call the call with its arguments
     * @param hint what to do about it, may be empty
     */
    public PosixException(String call, int errno, String hint) {
        super(call + " failed: " + Errno.describe(errno) + (hint.isEmpty() ? "" : ": " + hint));
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }
}

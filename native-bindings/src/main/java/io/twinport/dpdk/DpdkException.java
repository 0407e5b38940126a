package io.twinport.dpdk;

import io.twinport.posix.Errno;
import org.jspecify.annotations.Nullable;

/** A call into DPDK or the kernel that failed: which call, with what, its result, and what the user can do. */
public final class DpdkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    public DpdkException(String message) {
        this(message, null);
    }

    public DpdkException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = 0;
    }

    private DpdkException(String call, int code, String hint, String said) {
        super(call + " failed: " + -code + reason(code, said) + (hint.isEmpty() ? "" : ": " + hint));
        this.code = code;
    }

    private DpdkException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** No driver knows a device of that name. */
    static DpdkException unknownDevice(String message) {
        return new DpdkException(Errno.EFAULT, message);
    }

    /** Many drivers return -1 for whatever goes wrong, which only by chance is EPERM. */
    private static String reason(int code, String said) {
        if (!said.isEmpty()) {
            return (code == Errno.EPERM ? "" : " " + Errno.describe(code)) + ", and DPDK says \"" + said + "\"";
        }
        return code == Errno.EPERM ? " (the driver gives no reason; it may be EPERM)" : " " + Errno.describe(code);
    }

    /** The positive errno of the failed call, 0 where there is none. */
    public int code() {
        return code;
    }

    /** Whether no driver knows the device: EAL's answer to a name that no bus can make sense of. */
    public boolean isUnknownDevice() {
        return code == Errno.EFAULT;
    }

    /** Whether EAL had no memory left for it. */
    public boolean isOutOfMemory() {
        return code == Errno.ENOMEM || code == Errno.ENOBUFS;
    }

    /**
     * Passes a result that is not negative.
     *
     * @param result what the call returned, a negative errno for failure
     * @param call the call with its arguments, {@code rte_eth_dev_start(port=1)}
     * @param hint what to do about it, may be empty
     */
    public static int check(int result, String call, String hint) {
        return check(result, call, hint, "");
    }

    /** As {@link #check(int, String, String)}; {@code said} are DPDK's own words about it, which may be empty. */
    static int check(int result, String call, String hint, String said) {
        if (result < 0) {
            throw new DpdkException(call, -result, hint, said);
        }
        return result;
    }

    /** As {@link #check}, for calls that report failure through errno or {@code rte_errno}. */
    public static DpdkException ofErrno(String call, int errno, String hint) {
        return new DpdkException(call, errno, hint, "");
    }
}

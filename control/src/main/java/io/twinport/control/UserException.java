package io.twinport.control;

import io.twinport.dataplane.cnc.CncException;
import io.twinport.dataplane.device.AdmissionException;
import io.twinport.dataplane.device.ConfigurationException;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dpdk.DpdkException;
import io.twinport.posix.PosixException;
import org.jspecify.annotations.Nullable;

/** Something that the user can mend: the message says what, where and how. The process ends with exit code 2. */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        this(message, null);
    }

    public UserException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether an exception's message is for the user: it is one of these, or of the layers below that have their own. */
    public static boolean isToMend(Exception e) {
        return e instanceof UserException
                || e instanceof DpdkException
                || e instanceof StuckLoopException
                || e instanceof AdmissionException
                || e instanceof ConfigurationException
                || e instanceof PosixException
                || e instanceof CncException;
    }
}

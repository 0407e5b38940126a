package io.twinport.dataplane.vhost;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.PollSet;
import io.twinport.posix.UnixListener;
import io.twinport.posix.UnixStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages between a far end and the driver, and watches that the far end keeps to the protocol. When it does not
 * any more, the driver is answered from here until it hangs up. For the proxy's thread.
 */
final class VhostRelay {
    private static final int NOTHING = 0;

    private final VhostUserProxy proxy;
    private final VhostHandshake handshake;

    /** Null when it has gone. */
    private @Nullable VhostConnection far;

    private long status;

    /** The request that the driver waits for an answer to, with the number in it. */
    private int asked = NOTHING;

    private long number;
    private long deadline;

    /**
     * @param far null if it has gone before the driver came
     * @param handshake of that far end
     */
    VhostRelay(VhostUserProxy proxy, @Nullable VhostConnection far, VhostHandshake handshake) {
        this.proxy = proxy;
        this.far = far;
        this.handshake = handshake;
    }

    /**
     * Waits for the driver, and serves it.
     *
     * @throws BrokenException what was wrong with the far end before the driver came
     */
    void run(UnixListener driverSide) throws BrokenException {
        awaitDriver(driverSide).ifPresent(this::serve);
    }

    /** Returns when the driver has hung up, or at the proxy's end. */
    void serve(UnixStream come) {
        try (VhostConnection driver = new VhostConnection(come)) {
            proxy.listenToDriver(driver.descriptor());
            while (!proxy.isClosing()) {
                Optional<VhostMessage> message = driver.receive();
                if (message.isPresent()) {
                    carry(message.get(), driver);
                } else {
                    waitForEither(driver);
                }
            }
        } catch (BrokenException e) {
            // The driver has hung up: its device has been removed, or its probe has failed.
        }
        proxy.listenToDriver(PollSet.NONE);
    }

    private Optional<UnixStream> awaitDriver(UnixListener driverSide) throws BrokenException {
        proxy.listenToDriver(driverSide.descriptor());
        Optional<UnixStream> driver = driverSide.accept();
        while (driver.isEmpty() && !proxy.isClosing()) {
            if (proxy.await(VhostUserProxy.LOOK_MILLIS)) {
                refuseToListen();
            }
            driver = driverSide.accept();
        }
        return driver;
    }

    /** @throws BrokenException if the far end has said something, or has hung up */
    private void refuseToListen() throws BrokenException {
        Optional<VhostMessage> word = far == null ? Optional.empty() : far.receive();
        if (word.isPresent()) {
            word.get().closeDescriptors();
            throw new BrokenException("it sends " + word.get() + " without having been asked");
        }
    }

    /** @throws BrokenException if the driver has gone */
    private void carry(VhostMessage message, VhostConnection driver) throws BrokenException {
        try {
            if (message.wantsReply()) {
                asked = message.request();
                number = message.number();
                deadline = proxy.deadline();
            }
            if (message.request() == VhostRequest.SET_STATUS) {
                status = message.number();
            }
            if (far == null || isOfHandshake(message.request())) {
                answer(driver);
            } else {
                forward(message, far, driver);
            }
        } finally {
            message.closeDescriptors();
        }
    }

    /** The far end has been asked that already. */
    private static boolean isOfHandshake(int request) {
        return request == VhostRequest.SET_OWNER
                || request == VhostRequest.GET_FEATURES
                || request == VhostRequest.GET_PROTOCOL_FEATURES;
    }

    private void forward(VhostMessage message, VhostConnection to, VhostConnection driver) throws BrokenException {
        BrokenException broken = null;
        try {
            to.send(message);
        } catch (BrokenException e) {
            broken = e;
        }
        if (broken != null) {
            lose(broken, to, driver);
        }
    }

    /** @throws BrokenException if the driver has gone */
    private void waitForEither(VhostConnection driver) throws BrokenException {
        VhostConnection from = far;
        if (from == null) {
            boolean ignored = proxy.await(VhostUserProxy.LOOK_MILLIS);
            return;
        }
        Optional<VhostMessage> reply = Optional.empty();
        BrokenException broken = null;
        try {
            reply = hear(from);
        } catch (BrokenException e) {
            broken = e;
        }
        if (broken != null) {
            lose(broken, from, driver);
        } else if (reply.isPresent()) {
            asked = NOTHING;
            driver.send(reply.get().withoutDescriptors());
        }
    }

    /**
     * The answer to what was asked, if it has come.
     *
     * @throws BrokenException if the far end keeps to the protocol no longer
     */
    private Optional<VhostMessage> hear(VhostConnection from) throws BrokenException {
        boolean isAwaited = asked != NOTHING;
        boolean hasWord = proxy.await(isAwaited ? proxy.millisUntil(deadline, asked) : VhostUserProxy.LOOK_MILLIS);
        proxy.stays();
        if (!hasWord) {
            return Optional.empty();
        }
        if (!isAwaited) {
            refuseToListen();
            return Optional.empty();
        }
        Optional<VhostMessage> reply = from.receive();
        if (reply.isPresent()) {
            reply.get().checkReplyTo(asked);
        }
        return reply;
    }

    /** The far end is none any more. */
    private void lose(BrokenException why, VhostConnection lost, VhostConnection driver) throws BrokenException {
        far = null;
        lost.close();
        proxy.lose(why);
        answer(driver);
    }

    /** Answers the driver, if it waits, as a sound far end does that has nothing to do. */
    private void answer(VhostConnection driver) throws BrokenException {
        if (asked == NOTHING) {
            return;
        }
        long answer = switch (asked) {
            case VhostRequest.GET_FEATURES -> handshake.features();
            case VhostRequest.GET_PROTOCOL_FEATURES -> handshake.protocolFeatures();
            case VhostRequest.GET_QUEUE_NUM -> handshake.queuePairs();
            case VhostRequest.GET_STATUS -> status;
            case VhostRequest.GET_VRING_BASE -> number & 0xffff_ffffL; // the ring's number in it, and 0 as its base
            default -> 0; // it is done
        };
        driver.send(VhostMessage.reply(asked, answer));
        asked = NOTHING;
    }
}

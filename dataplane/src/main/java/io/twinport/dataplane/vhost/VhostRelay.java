package io.twinport.dataplane.vhost;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.UnixListener;
import io.twinport.posix.UnixStream;
import java.util.Optional;

/**
 * Carries messages between a far end and the driver, and watches that the far end keeps to the protocol. When it does not
 * any more, the driver is answered from here until it hangs up. For the proxy's thread.
 */
final class VhostRelay {
    private static final int NOTHING = 0;

    private final VhostUserProxy proxy;
    private final VhostConnection far;
    private final VhostHandshake handshake;
    private boolean isFarThere = true;
    private boolean isUsed;
    private long status;

    /** The request that the driver waits for an answer to, with the number in it. */
    private int asked = NOTHING;

    private long number;
    private long deadline;

    VhostRelay(VhostUserProxy proxy, VhostConnection far, VhostHandshake handshake) {
        this.proxy = proxy;
        this.far = far;
        this.handshake = handshake;
    }

    /**
     * Returns when the driver has hung up, or at the proxy's end.
     *
     * @throws BrokenException what was wrong with the far end before the driver came
     */
    void run(UnixListener driverSide) throws BrokenException {
        Optional<UnixStream> come = awaitDriver(driverSide);
        if (come.isEmpty()) {
            return;
        }
        try (VhostConnection driver = new VhostConnection(come.get())) {
            proxy.listenTo(driver.descriptor());
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
    }

    private Optional<UnixStream> awaitDriver(UnixListener driverSide) throws BrokenException {
        proxy.listenTo(driverSide.descriptor());
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
        Optional<VhostMessage> word = far.receive();
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
            if (!isFarThere || isOfHandshake(message.request())) {
                answer(driver);
                return;
            }
            try {
                far.send(message);
            } catch (BrokenException e) {
                lose(e, driver);
                return;
            }
            // With this message the ring is in use.
            if (message.request() == VhostRequest.SET_VRING_KICK && !isUsed) {
                isUsed = true;
                proxy.works();
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

    /** @throws BrokenException if the driver has gone */
    private void waitForEither(VhostConnection driver) throws BrokenException {
        Optional<VhostMessage> reply = Optional.empty();
        try {
            boolean isAwaited = asked != NOTHING;
            int limit = isAwaited ? proxy.millisUntil(deadline, asked) : VhostUserProxy.LOOK_MILLIS;
            if (proxy.await(limit) && isFarThere) {
                if (isAwaited) {
                    reply = far.receive();
                } else {
                    refuseToListen();
                }
            }
            if (reply.isPresent()) {
                reply.get().checkReplyTo(asked);
            }
        } catch (BrokenException e) {
            lose(e, driver);
            return;
        }
        if (reply.isPresent()) {
            asked = NOTHING;
            reply.get().closeDescriptors();
            driver.send(reply.get().withoutDescriptors());
        }
    }

    /** The far end is none any more. */
    private void lose(BrokenException why, VhostConnection driver) throws BrokenException {
        isFarThere = false;
        far.close();
        proxy.lose(String.valueOf(why.getMessage()), isUsed);
        answer(driver);
    }

    /** Answers what the driver waits for, if it does, as a far end would that is well and has nothing to do. */
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

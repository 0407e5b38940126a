package io.twinport.dataplane.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.UnixListener;
import io.twinport.posix.UnixStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A far end is asked no more than it knows of. */
class VhostHandshakeTest {
    private static final long FEATURES = VhostRequest.PROTOCOL_FEATURES | 3;

    @TempDir
    private Path folder;

    private final List<String> heard = new ArrayList<>();

    /** Of a far end that answers so. */
    private VhostHandshake handshake(Map<Integer, Long> answers) throws BrokenException {
        try (UnixListener listener = UnixListener.open(folder.resolve("socket").toString());
                VhostConnection far = new VhostConnection(
                        UnixStream.connect(folder.resolve("socket").toString()));
                VhostConnection farEnd = new VhostConnection(listener.accept().orElseThrow())) {
            VhostHandshake handshake = VhostHandshake.with(far, question -> {
                heard.add(question.toString());
                Long answer = answers.get(question.request());
                if (answer == null) {
                    throw new BrokenException("it does not answer " + question);
                }
                return VhostMessage.reply(question.request(), answer);
            });
            Optional<VhostMessage> told = farEnd.receive();
            while (told.isPresent()) {
                heard.add(told.get()
                        + (told.get().payload().length == 0
                                ? ""
                                : " " + told.get().number()));
                told = farEnd.receive();
            }
            return handshake;
        }
    }

    @Test
    void shouldAskForQueuesWhereThereMayBeSeveral() throws BrokenException {
        assertEquals(
                new VhostHandshake(FEATURES, 9, 4),
                handshake(Map.of(
                        VhostRequest.GET_FEATURES, FEATURES,
                        VhostRequest.GET_PROTOCOL_FEATURES, 9L,
                        VhostRequest.GET_QUEUE_NUM, 4L)));
        assertEquals(
                List.of(
                        "GET_FEATURES",
                        "GET_PROTOCOL_FEATURES",
                        "GET_QUEUE_NUM",
                        "SET_OWNER",
                        "SET_PROTOCOL_FEATURES 1"),
                heard);
    }

    @Test
    void shouldTakeOneQueuePairWhereTheFarEndKnowsOfNoMore() throws BrokenException {
        assertEquals(new VhostHandshake(3, 0, 1), handshake(Map.of(VhostRequest.GET_FEATURES, 3L)));
        assertEquals(
                new VhostHandshake(FEATURES, 8, 1),
                handshake(Map.of(VhostRequest.GET_FEATURES, FEATURES, VhostRequest.GET_PROTOCOL_FEATURES, 8L)));
        assertEquals(List.of("GET_FEATURES", "SET_OWNER", "GET_FEATURES", "GET_PROTOCOL_FEATURES", "SET_OWNER"), heard);
    }

    @Test
    void shouldRefuseAFarEndWithoutQueues() throws BrokenException {
        for (long pairs : new long[] {0, -1}) {
            BrokenException e = assertThrows(BrokenException.class, () -> pairs(pairs));
            assertEquals("it says that it has " + pairs + " queue pairs", e.getMessage());
        }
        assertEquals(1, pairs(1).queuePairs());
        assertEquals(Integer.MAX_VALUE, pairs(1L << 40).queuePairs());
    }

    private VhostHandshake pairs(long pairs) throws BrokenException {
        return handshake(Map.of(
                VhostRequest.GET_FEATURES, FEATURES,
                VhostRequest.GET_PROTOCOL_FEATURES, VhostRequest.MQ,
                VhostRequest.GET_QUEUE_NUM, pairs));
    }
}

package io.twinport.dataplane.vhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.policy.RetryPauses;
import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.dpdk.testing.Await;
import io.twinport.posix.UnixListener;
import io.twinport.posix.UnixStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VhostUserProxyTest {
    /** Requests of a handshake, from SET_OWNER to GET_QUEUE_NUM. */
    private static final int HANDSHAKE = 5;

    /** Those that answer do so within this on a machine that has much else to do; for those that are mute it is waited. */
    private static final Duration ANSWER = Duration.ofSeconds(1);

    private static final int FAILURES = 10_000;

    @TempDir
    private Path folder;

    private final AtomicInteger changes = new AtomicInteger();
    private VhostUserProxy proxy;

    /** What a far end does in place of answering. */
    private record Vice(String name, ThrowingConsumer does) {
        @Override
        public String toString() {
            return name;
        }
    }

    @FunctionalInterface
    private interface ThrowingConsumer {
        void accept(ScriptedFarEnd far, VhostMessage asked) throws BrokenException;
    }

    static List<Vice> vices() {
        return List.of(
                new Vice("hangs up", (far, asked) -> far.close()),
                new Vice("hangs up in the middle of a header", (far, asked) -> {
                    far.sayBytes(new byte[5]);
                    far.close();
                }),
                new Vice("hangs up in the middle of a payload", (far, asked) -> {
                    byte[] reply = VhostMessage.reply(asked.request(), 1).bytes();
                    far.sayBytes(java.util.Arrays.copyOf(reply, reply.length - 1));
                    far.close();
                }),
                new Vice("is mute", (far, asked) -> {}),
                new Vice(
                        "begins to speak and stops", (far, asked) -> far.sayBytes(new byte[] {1, 0, 0, 0, 5, 0, 0, 0})),
                new Vice("answers something else", (far, asked) -> far.say(VhostMessage.reply(99, 1))),
                new Vice("answers with a request", (far, asked) -> far.say(VhostMessage.request(asked.request(), 1))),
                new Vice(
                        "claims a size of 2^31",
                        (far, asked) -> far.sayBytes(header(asked.request(), 5, Integer.MIN_VALUE))),
                new Vice(
                        "claims a size of 2^31 - 1",
                        (far, asked) -> far.sayBytes(header(asked.request(), 5, Integer.MAX_VALUE))),
                new Vice(
                        "claims more than any message has",
                        (far, asked) -> far.sayBytes(header(asked.request(), 5, 513))),
                new Vice("answers with nothing", (far, asked) -> far.sayBytes(header(asked.request(), 5, 0))),
                new Vice("answers twice", (far, asked) -> {
                    far.say(VhostMessage.reply(asked.request(), 1));
                    far.say(VhostMessage.reply(asked.request(), 1));
                }),
                new Vice("sends 64 KiB of noise", (far, asked) -> {
                    byte[] noise = new byte[64 * 1024];
                    new Random(1).nextBytes(noise);
                    far.sayBytes(noise);
                }));
    }

    private static byte[] header(int request, int flags, int size) {
        return java.nio.ByteBuffer.allocate(VhostMessage.HEADER)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putInt(request)
                .putInt(flags)
                .putInt(size)
                .array();
    }

    @BeforeEach
    void start() {
        proxy = newProxy(true);
    }

    private VhostUserProxy newProxy(boolean isServer) {
        VhostUserProxy made = new VhostUserProxy(
                new FarEndAddress(far().toString(), isServer),
                folder.resolve("driver"),
                RetryPauses.of(1),
                ANSWER,
                changes::incrementAndGet);
        made.start();
        return made;
    }

    @AfterEach
    void end() {
        proxy.close();
    }

    private Path far() {
        return folder.resolve("far");
    }

    private ScriptedFarEnd connectFar() {
        Await.until("it listens", () -> Files.exists(far()));
        return new ScriptedFarEnd(connect(far()));
    }

    /** One that is asked and answers well. */
    private ScriptedFarEnd meetFar() throws BrokenException {
        ScriptedFarEnd far = connectFar();
        far.answer(HANDSHAKE);
        awaitPresent();
        return far;
    }

    private static UnixStream connect(Path path) {
        AtomicInteger attempts = new AtomicInteger();
        UnixStream[] connected = new UnixStream[1];
        Await.until("it takes a connection", () -> {
            try {
                connected[0] = UnixStream.connect(path.toString());
            } catch (RuntimeException e) {
                attempts.incrementAndGet();
            }
            return connected[0] != null;
        });
        return connected[0];
    }

    private ScriptedDriver connectDriver() {
        return new ScriptedDriver(connect(folder.resolve("driver")));
    }

    private void awaitPresent() {
        Await.until("the far end is there", () -> proxy.present().isPresent());
    }

    private void awaitAbsent() {
        Await.until("the far end is not there", () -> proxy.present().isEmpty());
    }

    private static int descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void shouldAskFarEndBeforeTheDriverHearsOfIt() throws Exception {
        try (ScriptedFarEnd far = meetFar()) {
            assertEquals(ScriptedFarEnd.PAIRS, proxy.present().orElseThrow().queuePairs());
            assertEquals("", proxy.trouble());
        }
        awaitAbsent();
        assertTrue(proxy.trouble().endsWith("it hung up"), proxy::trouble);
    }

    /** Nobody asks for any, and a process has only so many. */
    @Test
    void shouldCloseDescriptorsThatComeWithAnswers() throws Exception {
        try (ScriptedFarEnd first = meetFar()) {
            assertTrue(proxy.present().isPresent());
        }
        awaitAbsent();
        int before = descriptors();
        Path file = Files.writeString(folder.resolve("given"), "away");
        try (java.io.RandomAccessFile given = new java.io.RandomAccessFile(file.toFile(), "rw");
                ScriptedFarEnd far = connectFar()) {
            far.giveWithEachAnswer(descriptorOf(file), 3);
            far.answer(HANDSHAKE);
            awaitPresent();
            try (ScriptedDriver driver = connectDriver()) {
                driver.say(VhostMessage.request(VhostRequest.GET_QUEUE_NUM));
                far.answerUntil(VhostRequest.GET_QUEUE_NUM);
                far.answer(1);
                assertEquals(ScriptedFarEnd.PAIRS, driver.hear().number());
            }
            assertEquals(0, given.getFilePointer());
        }
        awaitAbsent();
        Await.until("what came with the answers is closed", () -> descriptors() <= before);
    }

    @Test
    void shouldCarryMessagesWithDescriptorsAndAnswers() throws Exception {
        try (ScriptedFarEnd far = meetFar()) {
            try (ScriptedDriver driver = connectDriver()) {
                driver.say(VhostMessage.request(VhostRequest.SET_OWNER));
                assertEquals(ScriptedFarEnd.FEATURES, driver.ask(VhostMessage.request(VhostRequest.GET_FEATURES)));
                assertEquals(
                        ScriptedFarEnd.PROTOCOL, driver.ask(VhostMessage.request(VhostRequest.GET_PROTOCOL_FEATURES)));

                Path file = Files.writeString(folder.resolve("memory"), "shared");
                try (java.io.RandomAccessFile memory = new java.io.RandomAccessFile(file.toFile(), "rw")) {
                    int descriptor = descriptorOf(file);
                    driver.say(new VhostMessage(
                            VhostRequest.SET_MEM_TABLE, VhostMessage.VERSION, new byte[264], new int[] {
                                descriptor, descriptor
                            }));
                    VhostMessage table = far.hear();
                    assertEquals(VhostRequest.SET_MEM_TABLE, table.request());
                    assertEquals(264, table.payload().length);
                    assertEquals(2, table.descriptors().length);
                    for (int came : table.descriptors()) {
                        assertEquals(
                                file.toRealPath(),
                                Path.of("/proc/self/fd/" + came).toRealPath());
                    }
                    table.closeDescriptors();
                    assertTrue(memory.getFD().valid());
                }

                Thread asking = Thread.ofPlatform().start(() -> {
                    try {
                        far.answerUntil(VhostRequest.GET_VRING_BASE);
                    } catch (BrokenException e) {
                        throw new AssertionError(e);
                    }
                });
                assertEquals(3 | 77L << 32, driver.ask(VhostMessage.request(VhostRequest.GET_VRING_BASE, 3)));
                asking.join();
            }
            assertHungUp(far);
        }
        awaitAbsent();
    }

    /** The one that is open for a path; RandomAccessFile does not tell it. */
    private static int descriptorOf(Path file) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : open.toList()) {
                if (Files.exists(each) && Files.isSameFile(each, file)) {
                    return Integer.parseInt(each.getFileName().toString());
                }
            }
        }
        throw new AssertionError(file + " is not open");
    }

    private static void assertHungUp(ScriptedFarEnd far) {
        try {
            VhostMessage message = far.hear();
            throw new AssertionError("it was sent " + message);
        } catch (BrokenException e) {
            assertEquals("it hung up", e.getMessage());
        }
    }

    /** At each request of the handshake that is answered. */
    @ParameterizedTest
    @MethodSource("vices")
    void shouldOutliveFarEndThatFailsInTheHandshake(Vice vice) throws Exception {
        for (int at = 1; at <= HANDSHAKE; at++) {
            try (ScriptedFarEnd far = connectFar()) {
                far.answer(at - 1);
                VhostMessage asked = far.hear();
                if (!asked.wantsReply()) {
                    continue;
                }
                int before = changes.get();
                vice.does().accept(far, asked);
                int last = at;
                Await.until("it says what is wrong", () -> !proxy.trouble().isEmpty());
                awaitAbsent();
                assertTrue(proxy.trouble().startsWith("the far end at " + far()), proxy::trouble);
                assertTrue(changes.get() - before <= 2, () -> "told for request " + last);
            }
            meetFar().close();
            awaitAbsent();
        }
    }

    /** What a DPDK driver asks while its device stops. */
    @ParameterizedTest
    @MethodSource("vices")
    void shouldAnswerDriverWhateverItsFarEndDoes(Vice vice) throws Exception {
        try (ScriptedFarEnd far = meetFar()) {
            try (ScriptedDriver driver = connectDriver()) {
                driver.say(VhostMessage.request(VhostRequest.SET_VRING_KICK, 0x100));
                far.answerUntil(VhostRequest.SET_VRING_KICK);
                driver.say(VhostMessage.request(VhostRequest.GET_VRING_BASE, 1));
                vice.does().accept(far, far.hear());
                long answer = driver.hear().number();
                if (!vice.name().equals("answers twice")) {
                    assertEquals(1, answer, "the ring's number, and base 0");
                }
                awaitAbsent();

                driver.say(VhostMessage.request(VhostRequest.SET_STATUS, 15));
                assertEquals(15, driver.ask(VhostMessage.request(VhostRequest.GET_STATUS)));
                VhostMessage table = new VhostMessage(
                        VhostRequest.SET_MEM_TABLE,
                        VhostMessage.VERSION | VhostMessage.NEED_REPLY,
                        new byte[264],
                        new int[0]);
                assertEquals(0, driver.ask(table));
            }
        }
        meetFar().close();
    }

    /** A far end may go in the moment in which the driver is called for it. */
    @Test
    void shouldAnswerDriverThatComesTooLate() throws Exception {
        meetFar().close();
        awaitAbsent();
        try (ScriptedDriver driver = connectDriver()) {
            assertEquals(ScriptedFarEnd.FEATURES, driver.ask(VhostMessage.request(VhostRequest.GET_FEATURES)));
            driver.say(VhostMessage.request(VhostRequest.SET_STATUS, 3));
            assertEquals(3, driver.ask(VhostMessage.request(VhostRequest.GET_STATUS)));
        }
        meetFar().close();
    }

    /** One that goes after a while has done its work; one that goes at once has failed. */
    @Test
    void shouldNotCallItAFailureThatAFarEndGoesWhichWasGood() throws Exception {
        meetFar().close();
        awaitAbsent();
        assertTrue(proxy.trouble().endsWith("it hung up"), proxy::trouble);
        try (ScriptedFarEnd far = meetFar()) {
            try (ScriptedDriver driver = connectDriver()) {
                driver.say(VhostMessage.request(VhostRequest.SET_VRING_KICK, 0x100));
                far.answerUntil(VhostRequest.SET_VRING_KICK);
                Await.until("it is good", () -> proxy.trouble().isEmpty());
                far.close();
                awaitAbsent();
                assertEquals("", proxy.trouble());
            }
        }
    }

    /** Nobody has asked it; DPDK's interrupt thread would turn round and round, and panic at the end. */
    @Test
    void shouldPartWithFarEndThatSpeaksOutOfTurn() throws Exception {
        try (ScriptedFarEnd far = meetFar()) {
            try (ScriptedDriver driver = connectDriver()) {
                far.say(VhostMessage.reply(VhostRequest.GET_STATUS, 1));
                awaitAbsent();
                assertFalse(driver.hasWord(), "the driver hears nothing of it");
                assertTrue(proxy.trouble().endsWith("it sends GET_STATUS without having been asked"), proxy::trouble);
            }
        }
    }

    @Test
    void shouldTakeNextFarEndOnlyWhenTheDriverHasLeft() throws Exception {
        try (ScriptedFarEnd first = meetFar()) {
            long number = proxy.present().orElseThrow().number();
            try (ScriptedDriver driver = connectDriver();
                    ScriptedFarEnd second = connectFar()) {
                // It is served, and does not only wait to be taken: else it would be the next one's.
                assertEquals(ScriptedFarEnd.FEATURES, driver.ask(VhostMessage.request(VhostRequest.GET_FEATURES)));
                first.close();
                awaitAbsent();
                driver.close();
                second.answer(HANDSHAKE);
                awaitPresent();
                assertEquals(number + 1, proxy.present().orElseThrow().number());
            }
        }
    }

    /** One after the other, as from a far end that dies in its start again and again. */
    @Test
    void shouldBeAsBeforeAfterManyFailedHandshakes() throws Exception {
        shouldAskFarEndBeforeTheDriverHearsOfIt();
        int open = descriptors();
        int threads = Thread.activeCount();
        for (int i = 0; i < FAILURES; i++) {
            try (ScriptedFarEnd far = new ScriptedFarEnd(connect(far()))) {
                far.answer(i % HANDSHAKE);
            }
        }
        meetFar().close();
        awaitAbsent();
        assertEquals(open, descriptors());
        assertEquals(threads, Thread.activeCount());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveNothingBehind(boolean isServer) throws Exception {
        proxy.close();
        int open = descriptors();
        for (int round = 0; round < 3; round++) {
            try (VhostUserProxy other = newProxy(isServer)) {
                Await.until("it has made its socket", () -> Files.exists(folder.resolve("driver")));
                assertEquals(Optional.empty(), other.present());
            }
        }
        assertEquals(open, descriptors());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
        proxy = newProxy(isServer);
    }

    @Test
    void shouldMeetFarEndThatListens() throws Exception {
        proxy.close();
        proxy = newProxy(false);
        for (int round = 0; round < 3; round++) {
            try (UnixListener listener = UnixListener.open(far().toString())) {
                List<UnixStream> come = new ArrayList<>();
                Await.until("it connects", () -> {
                    listener.accept().ifPresent(come::add);
                    return !come.isEmpty();
                });
                try (ScriptedFarEnd far = new ScriptedFarEnd(come.getFirst())) {
                    far.answer(HANDSHAKE);
                    awaitPresent();
                }
            }
            awaitAbsent();
        }
    }

    /** A file that is moved away or deleted would leave it deaf. */
    @Test
    void shouldListenAgainWhereItsSocketHasGone() throws Exception {
        Await.until("it listens", () -> Files.exists(far()));
        Files.delete(far());
        meetFar().close();
    }

    @Test
    void shouldSayWhoListensInItsPlaceAndGoOnWhenThatHasEnded() throws Exception {
        proxy.close();
        try (UnixListener other = UnixListener.open(far().toString())) {
            proxy = newProxy(true);
            Await.until("it says so", () -> proxy.trouble().contains("somebody listens there"));
            assertTrue(other.isThere(), "it is left alone");
        }
        try (ScriptedFarEnd far = meetFar()) {
            assertArrayEquals(
                    new long[] {1}, new long[] {proxy.present().orElseThrow().number()});
        }
    }
}

package io.twinport.control.host.migrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Log;
import io.twinport.control.UserException;
import io.twinport.control.host.migrate.Setting.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

class RunnerTest {
    private static final String MAC = "52:54:00:00:12:53";

    private static final Setting STANDBY = new Setting(Side.SOURCE, Kind.GUEST_LINK, "tap01", "");
    private static final Setting PRIMARY = new Setting(Side.SOURCE, Kind.GUEST_LINK, "vf0", "");
    private static final Setting SENDER = new Setting(Side.SOURCE, Kind.SENDER, "tap01", "standby");
    private static final Setting ENTRY = new Setting(Side.SOURCE, Kind.ENTRY, "br0", MAC);
    private static final Setting FILTER = new Setting(Side.SOURCE, Kind.FILTER, "pf0", MAC);
    private static final Setting NIC = new Setting(Side.SOURCE, Kind.ENTRY, "nic", MAC);
    private static final Setting DEVICE = new Setting(Side.SOURCE, Kind.DEVICE, "ua-vf", "");
    private static final Setting VF_MAC = new Setting(Side.SOURCE, Kind.VF_MAC, "pf0", "1");
    private static final Setting GUEST = new Setting(Side.SOURCE, Kind.GUEST, "vm01", "");
    private static final Setting THERE_ENTRY = new Setting(Side.TARGET, Kind.ENTRY, "br0", MAC);
    private static final Setting THERE_NIC = new Setting(Side.TARGET, Kind.ENTRY, "nic", MAC);
    private static final Setting THERE_DEVICE = new Setting(Side.TARGET, Kind.DEVICE, "ua-vf", "");
    private static final Setting THERE_SENDER = new Setting(Side.TARGET, Kind.SENDER, "vf0", "");
    private static final Setting THERE_LINK = new Setting(Side.TARGET, Kind.GUEST_LINK, "tap01", "");

    private static final Plan PLAN = new Plan(
            "vm01",
            "0c6a2c1e-0000-4000-8000-000000000001",
            "qemu:///system",
            "qemu+ssh://hostb/system",
            List.of(),
            List.of("ssh", "hostb"),
            Plan.Way.MANAGED,
            List.of(),
            List.of(
                    step("1", Phase.PREPARE, STANDBY, Setting.DOWN, Setting.UP),
                    step("2", Phase.PREPARE, PRIMARY, Setting.UP, Setting.DOWN),
                    step("3", Phase.PREPARE, SENDER, "", Setting.THERE),
                    step("4", Phase.PREPARE, ENTRY, Setting.NONE, "tap01"),
                    step("5", Phase.PREPARE, FILTER, Setting.NONE, Setting.THERE),
                    step("6", Phase.PREPARE, NIC, "vf0", Setting.NONE),
                    step("7", Phase.PREPARE, DEVICE, Setting.THERE, Setting.NONE),
                    step("8", Phase.PREPARE, VF_MAC, MAC, Setting.ZERO_MAC),
                    step("9", Phase.MIGRATE, GUEST, "source", "target"),
                    step("10", Phase.LEAVE, ENTRY, "", Setting.NONE),
                    step("11", Phase.LEAVE, FILTER, "", Setting.NONE),
                    step("12", Phase.ARRIVE, THERE_ENTRY, "", "@ua-backup0"),
                    step("13", Phase.ARRIVE, THERE_DEVICE, Setting.NONE, Setting.THERE),
                    step("14", Phase.ARRIVE, THERE_SENDER, "", Setting.THERE).needing("13"),
                    step("15", Phase.ARRIVE, THERE_ENTRY, "", Setting.NONE),
                    step("16", Phase.ARRIVE, THERE_NIC, "", "vf0").needing("14"),
                    step("17", Phase.ARRIVE, THERE_LINK, Setting.UP, Setting.DOWN)
                            .needing("14")),
            List.of());

    /** Each line of a journal is forced to the disk, which takes its time where it is one. */
    static final class InMemory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
                throws IOException {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "migrate")
                    : Files.createTempDirectory("migrate");
        }
    }

    @TempDir(factory = InMemory.class)
    private Path folder;

    private Path file;
    private final List<String> said = new ArrayList<>();

    private static Step step(String id, Phase phase, Setting setting, String before, String after) {
        return Step.of(id, phase, setting, before, after, "");
    }

    @BeforeEach
    void name() {
        file = folder.resolve("vm01.journal");
    }

    private static FakeHosts hosts() {
        FakeHosts hosts = new FakeHosts();
        hosts.values.put(STANDBY, Setting.DOWN);
        hosts.values.put(PRIMARY, Setting.UP);
        hosts.values.put(DEVICE, Setting.THERE);
        hosts.values.put(NIC, "vf0");
        hosts.values.put(VF_MAC, MAC);
        hosts.values.put(ENTRY, Setting.NONE);
        hosts.values.put(FILTER, Setting.NONE);
        return hosts;
    }

    /** Without what tells of frames, which nobody takes back. */
    private static Map<Setting, String> relevant(Map<Setting, String> values) {
        Map<Setting, String> relevant = new LinkedHashMap<>(values);
        relevant.keySet().removeIf(setting -> setting.kind() == Kind.SENDER);
        return relevant;
    }

    private static Map<Setting, String> done() {
        return Map.of(
                NIC, Setting.NONE,
                VF_MAC, Setting.ZERO_MAC,
                ENTRY, Setting.NONE,
                FILTER, Setting.NONE,
                THERE_ENTRY, Setting.NONE,
                THERE_DEVICE, Setting.THERE,
                THERE_NIC, "vf0",
                THERE_LINK, Setting.DOWN);
    }

    private Outcome run(FakeHosts hosts) {
        return run(hosts, () -> false);
    }

    private Outcome run(FakeHosts hosts, BooleanSupplier isInterrupted) {
        try (MigrationJournal journal = MigrationJournal.begin(file, PLAN)) {
            return new Runner(hosts, journal, log(), isInterrupted).run();
        }
    }

    private Outcome goOn(FakeHosts hosts, boolean back) {
        try (MigrationJournal journal = MigrationJournal.open(file)) {
            Runner runner = new Runner(hosts, journal, log(), () -> false);
            return back ? runner.rollback() : runner.run();
        }
    }

    private Log log() {
        return (level, text) -> said.add(text);
    }

    /** Whether there is a call that it was killed at. */
    private boolean kill(FakeHosts hosts, int call) throws Exception {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder.resolve("vm01.journal.ended"));
        hosts.killAt = call;
        try {
            run(hosts);
            return false;
        } catch (FakeHosts.Killed e) {
            hosts.revive();
            return true;
        }
    }

    @Test
    void shouldMigrate() {
        FakeHosts hosts = hosts();
        assertEquals(Outcome.DONE, run(hosts), said::toString);
        assertEquals(Place.TARGET, hosts.place());
        assertEquals(done(), relevant(hosts.snapshot()));
        assertFalse(Files.exists(file));
    }

    /** Whatever it was at: afterwards it is done, exactly the start, or unknown and untouched. */
    @Test
    void shouldGoOnOrGoBackWhereverItWasKilled() throws Exception {
        int calls = 0;
        for (FakeHosts.Fate fate : FakeHosts.Fate.values()) {
            for (boolean back : List.of(false, true)) {
                for (int call = 0; ; call++, calls++) {
                    FakeHosts hosts = hosts();
                    hosts.fate = fate;
                    if (!kill(hosts, call)) {
                        break;
                    }
                    checkUntouchedWhereUnreachable(hosts, back);
                    checkEnd(hosts, back, fate + ", back " + back + ", call " + call);
                }
            }
        }
        assertTrue(calls > 200, "only " + calls);
    }

    private void checkUntouchedWhereUnreachable(FakeHosts hosts, boolean back) {
        if (!Files.exists(file)) {
            return; // it had ended
        }
        for (Side side : Side.values()) {
            Map<Setting, String> before = relevant(hosts.snapshot());
            hosts.unreachable = side;
            assertEquals(Outcome.UNKNOWN, goOn(hosts, back));
            assertEquals(before, relevant(hosts.snapshot()));
            hosts.unreachable = null;
        }
    }

    private void checkEnd(FakeHosts hosts, boolean back, String what) {
        if (!Files.exists(file)) {
            assertTrue(Files.exists(folder.resolve("vm01.journal.ended")), what);
        } else {
            Outcome outcome = goOn(hosts, back);
            boolean isGood = outcome == Outcome.DONE || outcome == Outcome.UNDONE;
            assertTrue(isGood, what + ": " + outcome + said);
        }
        assertEquals(
                hosts.place() == Place.TARGET ? done() : relevant(hosts().snapshot()),
                relevant(hosts.snapshot()),
                () -> what + said);
    }

    /** One host was asked before the migration ended, and the other one after it. */
    @Test
    void shouldLookAgainAtWhatDoesNotFitTogether() {
        FakeHosts hosts = hosts();
        hosts.fitNanos = 2_000_000_000;
        assertEquals(Outcome.DONE, run(hosts), said::toString);
        assertEquals(done(), relevant(hosts.snapshot()));
    }

    @Test
    void shouldNotWaitForWhatTheKernelHasRefused() {
        FakeHosts hosts = hosts();
        hosts.refused = FILTER;
        assertEquals(Outcome.UNDONE, run(hosts));
        assertTrue(said.toString().contains("has not become there: Operation not supported"), said::toString);
        assertEquals(relevant(hosts().snapshot()), relevant(hosts.snapshot()));
        assertTrue(hosts.nanos() < Step.QUICK_MILLIS * 1_000_000, () -> hosts.nanos() + " ns");
    }

    /** Another process goes on, and the guest sends by its primary already. */
    @Test
    void shouldTakeAnEntryThatTheGuestsFramesMove() {
        FakeHosts hosts = hosts();
        hosts.moving = THERE_ENTRY;
        assertEquals(Outcome.DONE, run(hosts), said::toString);
        assertEquals(done(), relevant(hosts.snapshot()));
    }

    @Test
    void shouldGiveTheGuestItsPrimaryBackBeforeTheFramesForIt() {
        FakeHosts hosts = failing();
        assertEquals(Outcome.UNDONE, run(hosts));
        int device = said.indexOf("back: " + DEVICE.text() + ": none -> there");
        assertTrue(device >= 0, said::toString);
        for (Setting setting : List.of(NIC, VF_MAC, ENTRY)) {
            int frames = said.stream()
                    .map(line -> line.startsWith("back: " + setting.text()))
                    .toList()
                    .indexOf(true);
            assertTrue(frames > device, () -> setting.text() + " in " + said);
        }
    }

    /** Killed again while it goes back. */
    @Test
    void shouldGoBackWhenKilledTwice() throws Exception {
        int first = callWithinTheMigration();
        for (int call = 0; ; call++) {
            FakeHosts hosts = failing();
            assertTrue(kill(hosts, first));
            hosts.killAt = call;
            try {
                assertEquals(Outcome.UNDONE, goOn(hosts, true));
                assertTrue(call > 20, "only " + call);
                return;
            } catch (FakeHosts.Killed e) {
                hosts.revive();
                checkEnd(hosts, true, "second kill " + call);
            }
        }
    }

    private static FakeHosts failing() {
        FakeHosts hosts = hosts();
        hosts.fate = FakeHosts.Fate.FAILS;
        return hosts;
    }

    /** It leaves all of the preparation behind. */
    private int callWithinTheMigration() throws Exception {
        for (int call = 0; ; call++) {
            FakeHosts hosts = failing();
            assertTrue(kill(hosts, call));
            if (hosts.place() == Place.MIGRATING) {
                return call;
            }
        }
    }

    @Test
    void shouldUndoWhenTheMigrationFails() {
        FakeHosts hosts = hosts();
        hosts.fate = FakeHosts.Fate.FAILS;
        assertEquals(Outcome.UNDONE, run(hosts), said::toString);
        assertEquals(relevant(hosts().snapshot()), relevant(hosts.snapshot()));
    }

    @Test
    void shouldUndoWhenTheGuestKeepsTheDevice() {
        FakeHosts hosts = hosts();
        hosts.guestLetsGo = false;
        assertEquals(Outcome.UNDONE, run(hosts));
        assertEquals(relevant(hosts().snapshot()), relevant(hosts.snapshot()));
        assertEquals(Place.SOURCE, hosts.place());
        assertTrue(said.toString().contains("the guest keeps it"), said::toString);
    }

    @Test
    void shouldUndoWhenInterrupted() {
        FakeHosts hosts = hosts();
        assertEquals(Outcome.UNDONE, run(hosts, () -> hosts.calls > 30));
        assertEquals(relevant(hosts().snapshot()), relevant(hosts.snapshot()));
    }

    @Test
    void shouldFinishForwardWhenInterruptedAfterTheSwitch() {
        FakeHosts hosts = hosts();
        assertEquals(Outcome.DONE, run(hosts, () -> hosts.place() == Place.TARGET), said::toString);
        assertEquals(done(), relevant(hosts.snapshot()));
    }

    @Test
    void shouldLeaveAloneWhatSomebodyElseHasChanged() {
        FakeHosts hosts = hosts();
        hosts.values.put(FILTER, Setting.THERE); // theirs
        hosts.fate = FakeHosts.Fate.FAILS;
        assertEquals(Outcome.UNDONE, run(hosts));
        assertEquals(Setting.THERE, hosts.values.get(FILTER));
    }

    @Test
    void shouldNotTakeTheAddressOfAVfThatAnotherGuestHas() {
        FakeHosts hosts = hosts();
        hosts.values.put(VF_MAC, "52:54:00:99:99:99");
        assertEquals(Outcome.DONE, run(hosts), said::toString);
        assertEquals("52:54:00:99:99:99", hosts.values.get(VF_MAC));
    }

    @Test
    void shouldTouchNothingWhereTwoRun() {
        FakeHosts hosts = hosts();
        hosts.setPlace(Place.UNKNOWN);
        assertEquals(Outcome.UNKNOWN, run(hosts));
        assertEquals(relevant(hosts().snapshot()), relevant(hosts.snapshot()));
        assertTrue(said.toString().contains("vm01 is running"), said::toString);
    }

    @Test
    void shouldUndoTheHostsPartWhenTheGuestIsOff() throws Exception {
        FakeHosts hosts = failing();
        assertTrue(kill(hosts, callWithinTheMigration()));
        hosts.setPlace(Place.OFF);
        assertEquals(Outcome.UNDONE, goOn(hosts, true));
        assertEquals(Setting.NONE, hosts.values.get(ENTRY));
        assertEquals(Setting.NONE, hosts.values.get(FILTER));
        assertEquals(MAC, hosts.values.get(VF_MAC));
        assertEquals(Setting.NONE, hosts.values.get(DEVICE), "a device of a guest that is off");
    }

    @Test
    void shouldRefuseASecondRun() {
        try (MigrationJournal first = MigrationJournal.begin(file, PLAN)) {
            assertEquals(PLAN, first.plan());
            assertThrows(UserException.class, () -> MigrationJournal.begin(file, PLAN));
            UserException refused = assertThrows(UserException.class, () -> MigrationJournal.open(file));
            assertTrue(String.valueOf(refused.getMessage()).contains("in use"), refused::getMessage);
        }
    }

    @Test
    void shouldCutALineThatWasNotWrittenToItsEnd() throws Exception {
        Step step = PLAN.steps().getFirst();
        try (MigrationJournal journal = MigrationJournal.begin(file, PLAN)) {
            journal.begin(step, Setting.DOWN);
        }
        Files.writeString(file, "{\"begin\":\"2\",\"se", StandardOpenOption.APPEND);
        try (MigrationJournal journal = MigrationJournal.open(file)) {
            assertEquals(Setting.DOWN, journal.seen(step).orElseThrow());
            assertTrue(journal.seen(PLAN.steps().get(1)).isEmpty());
            journal.begin(PLAN.steps().get(1), Setting.UP);
        }
        try (MigrationJournal journal = MigrationJournal.open(file)) {
            assertEquals(Setting.UP, journal.seen(PLAN.steps().get(1)).orElseThrow());
        }
    }

    @Test
    void shouldRefuseADamagedJournal() throws Exception {
        for (String text : List.of("", "\n", "{}\n", "{\"plan\":{\"domain\":1}}\n", "{\"plan\":null}\n", "\u0000\n")) {
            Files.writeString(file, text);
            assertThrows(UserException.class, () -> MigrationJournal.open(file), text);
        }
        assertThrows(UserException.class, () -> MigrationJournal.open(folder.resolve("none")));
    }

    @Test
    void shouldTellWhereAGuestIs() {
        DomainState running = new DomainState("running", "booted", false);
        DomainState incoming = new DomainState("paused", "migrating", false);
        DomainState off = new DomainState("shut off", "migrated", false);
        assertEquals(Place.SOURCE, Place.of(running, DomainState.ABSENT));
        assertEquals(Place.SOURCE, Place.of(running, off));
        assertEquals(Place.MIGRATING, Place.of(running, incoming));
        assertEquals(Place.MIGRATING, Place.of(new DomainState("running", "", true), DomainState.ABSENT));
        assertEquals(Place.MIGRATING, Place.of(off, incoming));
        assertEquals(Place.MIGRATING, Place.of(off, new DomainState("paused", "starting up", false)));
        assertEquals(Place.TARGET, Place.of(off, running));
        assertEquals(Place.TARGET, Place.of(new DomainState("paused", "post-copy", true), running));
        assertEquals(Place.TARGET, Place.of(incoming, new DomainState("running", "post-copy", false)));
        assertEquals(Place.UNKNOWN, Place.of(running, running));
        assertEquals(Place.UNKNOWN, Place.of(DomainState.ABSENT, off));
        assertEquals(Place.OFF, Place.of(off, DomainState.ABSENT));
    }
}

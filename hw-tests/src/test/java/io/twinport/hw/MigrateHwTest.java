package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code migrate run} between two real libvirts, of a guest with the kernel's net_failover and traffic from both hosts and from outside.
 * Whatever fails: it is done, or it is exactly as it was; or it is unknown, and then nothing more was touched. The guest answers afterwards
 * in any case, and nothing is left at either host.
 */
@HwScenario("P")
class MigrateHwTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** MiB per second: it takes four seconds to migrate the guest. */
    private static final int SLOW = 20;

    /** Of these, in which the guest is at the source. */
    private static final int WINDOW_MILLIS = 1000;

    private static final List<String> FAULTS = List.of(
            "fails",
            "fails-after",
            "hangs",
            "killed-before",
            "killed-midway",
            "killed-after",
            "virsh-killed",
            "source-libvirtd",
            "target-libvirtd",
            "target-qemu");

    private static LibvirtLab lab(Scenario scenario) {
        Path tree = tree();
        scenario.step("two hosts with libvirt, and a guest at the first");
        return LibvirtLab.start(Lab.open(), tree, scenario.folder());
    }

    private static Path tree() {
        try {
            return LibvirtLab.tree();
        } catch (LabException e) {
            if (ScenarioExtension.REQUIRED) {
                throw e;
            }
            return Assumptions.abort("there are no two hosts with libvirt here: " + e.getMessage());
        }
    }

    @Test
    void shouldMigrateToAndFroAndEndWellWhateverFails(Scenario scenario) {
        try (LibvirtLab lab = lab(scenario)) {
            whole(scenario, lab, "there");
            int steps = lab.commands().size();
            whole(scenario, lab, "and back");
            int migration = place("migrate", lab.commands());
            LibvirtHost source = lab.source();
            assertFalse(
                    trial(
                            scenario,
                            lab,
                            "the last command before it fails",
                            () -> lab.plant("fails", migration - 1, source)),
                    "it is undone");
            assertFalse(
                    trial(
                            scenario,
                            lab,
                            "the target's QEMU is killed",
                            () -> lab.plant("target-qemu", migration, source)),
                    "it is undone");
            boolean _ = trial(
                    scenario,
                    lab,
                    "twinport is killed within the migration",
                    () -> lab.plant("killed-midway", migration, source));
            boolean _ = trial(
                    scenario,
                    lab,
                    "twinport is killed before the last command",
                    () -> lab.plant("killed-before", steps, lab.source()));
            libvirtdGoes(scenario, lab, migration);
        }
    }

    /** Nothing fails. From when the standby's way is made until the guest leaves, every frame for it comes to its tap. */
    private static void whole(Scenario scenario, LibvirtLab lab, String what) {
        LibvirtHost source = lab.source();
        List<String> before = List.of(source.snapshot(), lab.other(source).snapshot());
        EchoTraffic.Mark mark = lab.traffic().mark();
        List<EchoTraffic.Account> made;
        try (HostProgram program = lab.migrate(source, "--migrate-option=--bandwidth=" + SLOW)) {
            program.awaitCount("source: the guest vm01: source -> target", 1, LIMIT);
            EchoTraffic.Mark begun = lab.traffic().mark();
            Pause.millis(WINDOW_MILLIS);
            made = lab.traffic().since(begun);
            assertEquals(0, program.await(LIMIT), program::output);
            scenario.step(what);
            program.output().lines().map(line -> "  " + line).forEach(scenario::step);
        }
        assertTrue(assertGood(scenario, lab, what, source, before, mark), "not done");
        made.forEach(account -> assertEquals(0, account.lostBefore(), account::toString));
    }

    /** The place of a command among those that change something, from 1. */
    private static int place(String command, List<String> commands) {
        for (int i = 0; i < commands.size(); i++) {
            if (commands.get(i).contains(" " + command + " ")) {
                return i + 1;
            }
        }
        throw new AssertionError("no " + command + " in " + commands);
    }

    /** The target cannot be asked any more: nothing more is touched until it can be. */
    private static void libvirtdGoes(Scenario scenario, LibvirtLab lab, int migration) {
        LibvirtHost source = lab.source();
        LibvirtHost target = lab.other(source);
        List<String> before = List.of(source.snapshot(), target.snapshot());
        EchoTraffic.Mark mark = lab.traffic().mark();
        try (HostProgram program = lab.migrate(source, "--migrate-option=--bandwidth=" + SLOW)) {
            assertTrue(Pause.until(() -> lab.commands().size() >= migration, LIMIT.toMillis()), program::output);
            target.takeLibvirtdAway();
            assertEquals(3, program.await(LIMIT), program::output);
        }
        String left = source.snapshot();
        assertEquals(3, lab.migrateToTheEnd(source, "--rollback").exitCode());
        assertEquals(left, source.snapshot(), "it is unknown how things are there, and something was touched here");
        target.bringLibvirtdBack();
        goOn(scenario, lab, source, "--rollback");
        assertGood(scenario, lab, "the target's libvirtd goes within the migration", source, before, mark);
    }

    /** What the kernel's document has, with its faults. */
    @Test
    @Tag("long")
    void shouldNotLoseWhatTheDocumentsScriptsLose(Scenario scenario) {
        try (LibvirtLab lab = lab(scenario)) {
            whole(scenario, lab, "twinport");
            LibvirtHost source = lab.source();
            LibvirtHost target = lab.other(source);
            DocumentsScripts scripts = new DocumentsScripts(source, target);
            EchoTraffic.Mark mark = lab.traffic().mark();
            scripts.prepare();
            EchoTraffic.Mark begun = lab.traffic().mark();
            Pause.millis(WINDOW_MILLIS);
            List<EchoTraffic.Account> made = lab.traffic().since(begun);
            scripts.migrate();
            scripts.reattach();
            lab.traffic().awaitAnswers();
            scenario.step("the document's scripts");
            lab.traffic().since(mark).forEach(account -> scenario.step("  " + account));
            scenario.step("from their entries on, before the migration");
            made.forEach(account -> scenario.step("  " + account));
            // The entry is a local one: the bridge keeps for its host what comes in by a port. What the host itself
            // sends goes to the tap.
            made.forEach(account -> assertEquals(
                    account.sender().equals(source.name()) ? 0 : account.sent(),
                    account.lostBefore(),
                    account::toString));
            assertTrue(target.hasGuest());
        }
    }

    @Test
    @Tag("long")
    void shouldEndWellWhereverAnythingFails(Scenario scenario) {
        try (LibvirtLab lab = lab(scenario)) {
            for (int i = 1; i <= 20; i++) {
                whole(scenario, lab, "migration " + i);
            }
            List<String> commands = lab.commands();
            int migration = place("migrate", commands);
            for (int number = 1; number <= commands.size(); number++) {
                for (String fault : FAULTS) {
                    // Once the guest runs at the target, its QEMU there is the guest.
                    if (!fault.equals("target-qemu") || number == migration) {
                        LibvirtHost source = lab.source();
                        int place = number;
                        String what =
                                "command " + number + " (" + LibvirtLab.verb(commands.get(number - 1)) + "): " + fault;
                        boolean _ = trial(scenario, lab, what, () -> lab.plant(fault, place, source));
                    }
                }
            }
        }
    }

    /** Migrates, goes on where that is broken off, and looks at what has become of all. Returns whether the guest has moved. */
    private static boolean trial(Scenario scenario, LibvirtLab lab, String what, Runnable plant) {
        LibvirtHost source = lab.source();
        List<String> before = List.of(source.snapshot(), lab.other(source).snapshot());
        EchoTraffic.Mark mark = lab.traffic().mark();
        plant.run();
        LabProcess.Ran ran = lab.migrateToTheEnd(source);
        scenario.step(what + ": exit code " + ran.exitCode());
        ran.output().lines().map(line -> "  " + line).forEach(scenario::step);
        goOn(scenario, lab, source, ran.exitCode() % 2 == 0 ? "--resume" : "--rollback");
        return assertGood(scenario, lab, what, source, before, mark);
    }

    private static void goOn(Scenario scenario, LibvirtLab lab, LibvirtHost source, String how) {
        for (int i = 0; i < 3 && lab.hasJournal(); i++) {
            source.awaitLibvirtd();
            lab.other(source).awaitLibvirtd();
            LabProcess.Ran ran = lab.migrateToTheEnd(source, how);
            scenario.step(how + ": exit code " + ran.exitCode());
            ran.output().lines().map(line -> "  " + line).forEach(scenario::step);
        }
        assertFalse(lab.hasJournal(), "it comes to no end");
    }

    private static boolean assertGood(
            Scenario scenario,
            LibvirtLab lab,
            String what,
            LibvirtHost source,
            List<String> before,
            EchoTraffic.Mark mark) {
        lab.traffic().awaitAnswers();
        List<EchoTraffic.Account> accounts = lab.traffic().since(mark);
        accounts.forEach(account -> scenario.step("  " + account));
        LibvirtHost target = lab.other(source);
        boolean hasMoved = target.hasGuest();
        assertEquals(before.get(0), (hasMoved ? target : source).snapshot(), what);
        assertEquals(before.get(1), (hasMoved ? source : target).snapshot(), what);
        return hasMoved;
    }
}

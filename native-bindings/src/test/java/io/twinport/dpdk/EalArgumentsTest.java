package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.posix.Affinity;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class EalArgumentsTest {
    @Test
    void shouldNamePollCpusAndTouchNoPciDevice() {
        assertEquals(
                List.of("twinport", "-l", "1,3", "--log-level=critical", prefix(), "--no-pci"),
                arguments().toList());
    }

    @Test
    void shouldAllowOnlyTheGivenPciDevices() {
        EalArguments arguments =
                new EalArguments(new TreeSet<>(List.of(1)), List.of("0000:05:00.0", "0000:06:00.0"), List.of());
        assertEquals(
                List.of(
                        "twinport",
                        "-l",
                        "1",
                        "--log-level=critical",
                        prefix(),
                        "-a",
                        "0000:05:00.0",
                        "-a",
                        "0000:06:00.0"),
                arguments.toList());
    }

    @Test
    void shouldLetUserWin() {
        assertEquals(
                List.of("twinport", "--no-pci", "-l", "0-2", "--log-level=debug", "--file-prefix", "mine"),
                arguments("-l", "0-2", "--log-level=debug", "--file-prefix", "mine")
                        .toList());
        assertEquals(
                List.of("twinport", "--log-level=critical", "--no-pci", "-l0-2", "--file-prefix=mine"),
                arguments("-l0-2", "--file-prefix=mine").toList());
    }

    @Test
    void shouldLeaveMemoryToUserWhoHasDecided() {
        for (String option : List.of("--huge-dir=/mnt", "--huge-unlink=never", "--socket-mem=64")) {
            EalArguments arguments = arguments(option);
            assertTrue(arguments.decidesMemory(), option);
            assertEquals(List.of(option), arguments.withMemoryAtHand(128).extra());
        }
        assertFalse(arguments("-l", "1").decidesMemory());
    }

    @Test
    void shouldAddWhatUsersChoiceOfMemoryNeeds() {
        assertEquals(
                List.of("-m", "128", "--no-huge"),
                arguments("--no-huge").withMemoryAtHand(128).extra());
        assertEquals(
                List.of("--no-huge", "-m", "64"),
                arguments("--no-huge", "-m", "64").withMemoryAtHand(128).extra());
        assertEquals(
                List.of("--single-file-segments", "--in-memory"),
                arguments("--in-memory").withMemoryAtHand(128).extra());
    }

    @Test
    void shouldDoWithoutHugePagesWhereTooFewAreFree() {
        EalArguments arguments = arguments("--iova-mode=va").withMemoryAtHand(999_999_999);
        assertEquals(List.of("--no-huge", "-m", "999999999", "--iova-mode=va"), arguments.extra());
        assertFalse(arguments.usesHugePages());
    }

    @Test
    void shouldKeepSegmentsInFewFilesOnHugePages() {
        EalArguments arguments = arguments().withMemoryAtHand(0);
        assertEquals(List.of("--in-memory", "--single-file-segments", "-m", "0"), arguments.extra());
        assertTrue(arguments.usesHugePages());
    }

    @Test
    void shouldLeaveTheOtherCpusToEventThreads() {
        TreeSet<Integer> all = new TreeSet<>(Affinity.ofThisProcess());
        assertEquals(all, new EalArguments(all, List.of(), List.of()).otherCpus());
        TreeSet<Integer> poll = new TreeSet<>(List.of(all.last()));
        TreeSet<Integer> others = new TreeSet<>(all);
        others.removeAll(poll);
        assertEquals(others.isEmpty() ? all : others, new EalArguments(poll, List.of(), List.of()).otherCpus());
    }

    private static EalArguments arguments(String... extra) {
        return new EalArguments(new TreeSet<>(List.of(3, 1)), List.of(), List.of(extra));
    }

    private static String prefix() {
        return "--file-prefix=twinport-" + ProcessHandle.current().pid();
    }
}

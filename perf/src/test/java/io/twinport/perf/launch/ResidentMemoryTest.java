package io.twinport.perf.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ResidentMemoryTest {
    @Test
    void shouldLeaveOutThePacketMemoryOfAnEalWithoutHugepages() {
        List<String> smaps = List.of(
                "7f0000000000-7f0008000000 rw-s 00000000 00:01 1234   /memfd:nohuge (deleted)",
                "Size:             131072 kB",
                "Rss:               67180 kB",
                "VmFlags: rd wr sh",
                "a0000000-a0001000 rw-p 00000000 00:00 0 ",
                "Rss:                   4 kB");
        assertEquals(67180, ResidentMemory.ofEal(smaps));
        assertEquals(177076, ResidentMemory.resident(List.of("VmHWM:\t  190000 kB", "VmRSS:\t  177076 kB")));
    }

    @Test
    void shouldFindThisProcessToHaveMoreThanItsHeap() {
        assertTrue(ResidentMemory.kilobytes(ProcessHandle.current().pid()) > 10_000);
    }
}

package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.cnc.CncFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortCountersTest {
    private static final int MOST_PORTS = 15;
    private static final int MOST_QUEUES = 16;

    @TempDir
    Path folder;

    @Test
    void shouldFindRoomForAsManyPortsAndQueuesAsAProcessCanHave() {
        try (CncFile cnc = CncFile.create(folder.resolve("twinport.cnc"))) {
            for (int port = 0; port < MOST_PORTS; port++) {
                PortCounters counters = PortCounters.ofQueues(cnc.counters(), port, MOST_QUEUES);
                assertEquals(0, counters.sentByPrimary());
            }
        }
    }
}

package io.twinport.dataplane.failover;

import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.TestEal;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A million random steps of the port against its model. {@code -Dtwinport.simulation.seed=N} repeats one seed;
 * {@code -Dtwinport.simulation.seeds=N} runs more of them.
 */
class FailoverSimulationDpdkTest {
    private static final int SEEDS = Integer.getInteger("twinport.simulation.seeds", 100);
    private static final int STEPS = 10_000;

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    @Test
    void shouldDoAsItsModelDoes() throws Exception {
        Long seed = Long.getLong("twinport.simulation.seed");
        long first = seed != null ? seed : System.nanoTime();
        int count = seed != null ? 1 : SEEDS;
        System.out.println("simulating seeds " + first + " to " + (first + count - 1));
        EalWorker.run(() -> {
            for (int i = 0; i < count; i++) {
                try (PortSimulation simulation = new PortSimulation(first + i)) {
                    simulation.run(STEPS);
                }
            }
        });
    }
}

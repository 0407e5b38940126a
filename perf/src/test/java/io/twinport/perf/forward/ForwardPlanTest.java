package io.twinport.perf.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.perf.launch.Rig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ForwardPlanTest {
    private static final Rig RIG = new Rig(1, 0, List.of("--no-huge"));
    private static final Path SOCKET = Path.of("far");

    private final Map<String, String> leftOut = new LinkedHashMap<>();

    private static ForwardPlan plan(String devices, String sizes, String bursts, String cases) {
        return new ForwardPlan(
                ForwardPlan.list(devices, ForwardDevice::of),
                ForwardPlan.list(sizes, FrameSize::of),
                ForwardPlan.list(bursts, ForwardPlan::burst),
                List.of(ForwardMode.IO),
                ForwardCase.list(cases),
                5,
                null,
                Duration.ofSeconds(1));
    }

    @Test
    void shouldTakeAllCombinationsButForThoseThatCannotBe() {
        ForwardPlan plan = plan("null,ring", "64,imix", "1,32", "bare,failsafe");
        List<ForwardPlan.Point> points = plan.points(RIG, leftOut);
        assertEquals(
                List.of(
                        "null/64/1/io",
                        "null/64/32/io",
                        "ring/64/1/io",
                        "ring/64/32/io",
                        "ring/imix/1/io",
                        "ring/imix/32/io"),
                points.stream().map(point -> point.setup().label()).toList());
        assertEquals(
                List.of(ForwardCase.BARE, ForwardCase.FAILSAFE),
                points.getFirst().cases());
        assertEquals(List.of(ForwardCase.BARE), points.getLast().cases());
        assertEquals(List.of("imix on null", "failsafe on ring"), List.copyOf(leftOut.keySet()));
    }

    @Test
    void shouldNameTheCommandsOfAllAndOfEach() {
        ForwardPlan plan = plan("null,memif", "64", "8", "testpmd,hold");
        assertEquals(
                "./twinport bench forward --launches 5 --cases testpmd,hold --device null,memif --size 64 --burst 8"
                        + " --mode io --warm-up 1000",
                plan.command());
        assertEquals(
                "./twinport bench forward --launches 5 --cases testpmd,hold --device memif --size 64 --burst 8"
                        + " --mode io --packets " + ForwardDevice.MEMIF.packets() + " --warm-up 1000",
                plan.command(plan.points(RIG, leftOut).getLast()));
    }

    @Test
    void shouldSayWhyACaseCannotBeHad() {
        plan("null,ring,vhost,memif", "64", "64", "all").points(RIG, leftOut);
        assertTrue(("" + leftOut.get("bonding on ring")).contains("MAC address"), leftOut.toString());
        assertTrue(("" + leftOut.get("failsafe on memif")).contains("net_memif refuses"), leftOut.toString());
        assertTrue(("" + leftOut.get("pipeline on vhost")).contains("CPU"), leftOut.toString());
        assertTrue(("" + leftOut.get("pipeline on null")).contains("bursts above 32"), leftOut.toString());
        assertTrue(("" + leftOut.get("hold on null")).contains("bursts above 32"), leftOut.toString());
        assertFalse(leftOut.containsKey("bonding on vhost"), leftOut.toString());
    }

    @Test
    void shouldRefuseWhatIsNoElementOfAList() {
        for (String cases : List.of("", "bare,", "both,all", "Bare")) {
            UserException e = assertThrows(UserException.class, () -> ForwardCase.list(cases));
            assertTrue(("" + e.getMessage()).contains("give testpmd, bare"), e.toString());
        }
        assertThrows(UserException.class, () -> plan("null", "64", "8,0", "bare"));
        assertThrows(UserException.class, () -> plan("null", "64,1519", "8", "bare"));
        assertThrows(UserException.class, () -> plan("null,tap", "64", "8", "bare"));
    }

    @Test
    void shouldGiveTestpmdTheSameDevicesAsOurs() {
        ForwardSetup setup = plan("vhost", "64", "8", "bonding")
                .points(RIG, leftOut)
                .getFirst()
                .setup();
        String failsafe = String.join(" ", Testpmd.command(ForwardCase.FAILSAFE, setup, SOCKET));
        assertTrue(
                failsafe.contains("dev(" + setup.devargs(SOCKET) + "),dev(" + setup.standbyDevargs() + ")"), failsafe);
        String bonding = String.join(" ", Testpmd.command(ForwardCase.BONDING, setup, SOCKET));
        assertTrue(bonding.contains("--vdev=" + setup.devargs(SOCKET) + " --vdev=" + setup.standbyDevargs()), bonding);
        assertTrue(bonding.contains("=net_virtio_user0,") && bonding.contains("=net_null1,primary=net_virtio_user0"));
        assertTrue(bonding.contains("--portmask=0x4"), bonding);
    }

    /** Also where one of the cases that others are compared with is not there. */
    @Test
    void shouldShowEachCaseInTheTableAndOnThePage() {
        List<ForwardResult> results = new ArrayList<>();
        for (int burst : new int[] {1, 32}) {
            Map<ForwardCase, List<Sample>> samples =
                    Map.of(ForwardCase.BARE, List.of(sample(40)), ForwardCase.HOLD, List.of(sample(30)));
            results.add(new ForwardResult(
                    "./twinport bench forward",
                    "machine",
                    "DPDK 22.11.11",
                    "25",
                    true,
                    "ring",
                    "imix",
                    burst,
                    "io",
                    1,
                    1,
                    ForwardResult.rates(samples),
                    ForwardResult.ratios(samples)));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ForwardTable.print(results, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        String text = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("ring, imix, burst 32, io"), text);
        assertEquals(2, text.lines().filter(line -> line.startsWith("hold ")).count(), text);
        assertTrue(text.contains("0.750   0.750 to 0.750"), text);
        String html = ForwardPage.of("./twinport bench forward", results, Map.of("failsafe on ring", "it refuses"));
        assertEquals(2, html.split("<svg ", -1).length, "one plot for both bursts: " + html);
        assertTrue(html.contains("<td>hold</td>") && html.contains("failsafe on ring: it refuses."), html);
    }

    private static Sample sample(int mpps) {
        return new Sample(mpps * 1_000_000L, 1_000_000_000, 0, 500_000_000, "");
    }
}

package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PortTextTest {
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private static String primary(String state) {
        return PortText.side(
                json("{'sides':[{'role':'standby','device':'x'},{'role':'primary','device':'d'," + state + "}]}"),
                "primary");
    }

    @Test
    void shouldMarkASideThatIsForced() {
        assertEquals("primary", PortText.active(json("{'active':'primary','forced':'none'}")));
        assertEquals("primary (primary forced)", PortText.active(json("{'active':'primary','forced':'primary'}")));
    }

    @Test
    void shouldSayWhetherThereIsACarrier() {
        assertEquals("on", PortText.carrier(json("{'carrier':true}")));
        assertEquals("off", PortText.carrier(json("{'carrier':false}")));
        assertEquals("off", PortText.carrier(json("{}")));
    }

    @Test
    void shouldSayHowASideIs() {
        assertEquals("d up", primary("'phase':'joined','link':true,'failure':null"));
        assertEquals("d down", primary("'phase':'joined','link':false,'failure':'queue 1'"));
        assertEquals("d failed", primary("'phase':'joined','link':true,'failure':'queue 1'"));
        assertEquals("d absent", primary("'phase':'absent','link':true"));
        assertEquals("d up (!)", primary("'phase':'joined','link':true,'differences':['mtu is 9000']"));
        assertEquals("-", PortText.side(json("{'sides':[]}"), "primary"));
    }

    @Test
    void shouldSayWhatIsThoughtOfTheStandby() {
        assertEquals("not known yet", PortText.health(json("null")));
        assertEquals("not known yet", PortText.health(json("{}").path("health")));
        assertEquals(
                "dead: its link is down", PortText.health(json("{'verdict':'dead','evidence':'its link is down'}")));
    }

    @Test
    void shouldGiveAllOfAPort() {
        List<String> lines = PortText.lines(json("""
                {'name':'wan','active':'primary','forced':'none','carrier':true,'mac':'52:54:00:00:00:01','mtu':1500,
                 'handler':'reflect','queues':2,'switches':3,'health':null,
                 'sides':[{'role':'primary','device':'net_tap0','driver':'net_tap','phase':'joined','link':true,
                           'megabits':10000,'trouble':null,'failure':'queue 1 is dead','differences':['mtu is 9000']},
                          {'role':'standby','device':'0000:05:00.0','driver':'twinport_virtio','phase':'absent',
                           'link':false,'megabits':0,'features':'uses STATUS; not CSUM (not for this driver)',
                           'trouble':'it has another address','failure':null,'differences':[]}]}
                """));
        assertEquals(
                List.of(
                        "wan",
                        "  active          primary",
                        "  carrier         on",
                        "  mac             52:54:00:00:00:01",
                        "  mtu             1500",
                        "  handler         reflect",
                        "  queues          2",
                        "  switches        3",
                        "  primary         net_tap0 (net_tap), joined, link up, 10000 Mb/s",
                        "                  failed in part: queue 1 is dead",
                        "                  mtu is 9000",
                        "  standby         0000:05:00.0 (twinport_virtio), absent, link down",
                        "                  uses STATUS; not CSUM (not for this driver)",
                        "                  last refused: it has another address",
                        "  standby health  not known yet"),
                lines);
    }
}

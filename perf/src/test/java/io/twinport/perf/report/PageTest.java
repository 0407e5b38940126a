package io.twinport.perf.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.perf.statistics.Ratio;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Node;

final class PageTest {
    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldEscapeWhatIsNotItsOwn() {
        String html = new Page("a < b")
                .text("\"x\" & y")
                .table(List.of("<i>"), List.of(List.of("1")))
                .html();
        assertTrue(html.contains("<h1>a &lt; b</h1>"), html);
        assertTrue(html.contains("&quot;x&quot; &amp; y"), html);
        assertTrue(html.contains("<th>&lt;i&gt;</th>"), html);
        assertFalse(html.contains("<script") || html.contains("http:"), "nothing runs, nothing is fetched");
    }

    @Test
    void shouldDrawACurveForEachCaseWithinTheFrame() throws Exception {
        double[] samples =
                IntStream.rangeClosed(1, 1000).mapToDouble(i -> i / 10.0).toArray();
        Document svg = parse(new PercentilePlot()
                .add("ours", samples)
                .add("none", new double[0])
                .add("zeros", new double[] {0, 0, 5})
                .svg());
        var curves = svg.getElementsByTagName("polyline");
        assertEquals(3, curves.getLength());
        for (int i = 0; i < curves.getLength(); i++) {
            String points =
                    curves.item(i).getAttributes().getNamedItem("points").getNodeValue();
            for (String point : points.isEmpty() ? new String[0] : points.split(" ", -1)) {
                String[] xy = point.split(",", -1);
                double x = Double.parseDouble(xy[0]);
                double y = Double.parseDouble(xy[1]);
                assertTrue(x >= Svg.LEFT - 0.1 && x <= Svg.RIGHT + 0.1, point);
                assertTrue(y >= Svg.TOP - 0.1 && y <= Svg.TOP + 320.1, point);
            }
        }
    }

    @Test
    void shouldDrawABarForEachSlotInWhichSomethingCame() throws Exception {
        Document svg = parse(TimelinePlot.svg(
                10, 15, "cut", List.of("up", "down"), new int[] {32, 64, 0, 0}, new int[] {0, 0, 0, 32}));
        assertEquals(2 + 1 + 2, svg.getElementsByTagName("rect").getLength(), "and two in the legend");
    }

    @Test
    void shouldDrawABarForEachValueWithinTheFrame() throws Exception {
        Document svg = parse(new BarPlot("Mpps")
                .add("burst 1", "ours", 10, 9, 12)
                .add("burst 1", "theirs", 0, 0, 0)
                .add("burst 32", "ours", 100, 90, 101)
                .svg());
        var bars = svg.getElementsByTagName("rect");
        assertEquals(3, bars.getLength());
        String colour = attribute(bars.item(0), "fill");
        assertEquals(colour, attribute(bars.item(2), "fill"), "of one name");
        assertNotEquals(colour, attribute(bars.item(1), "fill"));
        double longest = Double.parseDouble(attribute(bars.item(2), "width"));
        assertTrue(longest <= Svg.RIGHT - Svg.LEFT, "" + longest);
        assertEquals(longest / 10, Double.parseDouble(attribute(bars.item(0), "width")), 0.01);
        double height = Double.parseDouble(attribute(svg.getDocumentElement(), "height"));
        assertTrue(Double.parseDouble(attribute(bars.item(2), "y")) < height);
        parse(new BarPlot("Mpps").add("burst 1", "nothing", 0, 0, 0).svg());
    }

    private static String attribute(Node node, String name) {
        return node.getAttributes().getNamedItem(name).getNodeValue();
    }

    @Test
    void shouldStepByRoundNumbers() {
        assertEquals(100, TimelinePlot.roundStep(51), 1e-9);
        assertEquals(20, TimelinePlot.roundStep(12.5), 1e-9);
        assertEquals(5, TimelinePlot.roundStep(5), 1e-9);
    }

    @Test
    void shouldDrawLinesWithTheirIntervalsFromZero() throws Exception {
        Document svg = parse(new LinePlot("ns", "ports")
                .add("ours", Map.of(1, new Ratio(10, 9, 11, 9, 11), 15, new Ratio(20, 18, 24, 18, 24)))
                .add("noise", Map.of(2, new Ratio(-1, -2, 1, -2, 1)))
                .add("none", Map.of())
                .svg());
        var curves = svg.getElementsByTagName("polyline");
        assertEquals(3, curves.getLength());
        assertEquals("", curves.item(2).getAttributes().getNamedItem("points").getNodeValue());
        String noise = curves.item(1).getAttributes().getNamedItem("points").getNodeValue();
        double bottom = Svg.TOP + 240;
        assertEquals(bottom, Double.parseDouble(noise.split(",", -1)[1]), 0.1, "what is below 0 is at the edge");
    }
}

package io.twinport.control.host.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class TimelineTest {
    @Test
    void shouldDrawEachStretchWhereItBelongs() throws Exception {
        Walk walk = IgbTable.walk(Holder.BRIDGE);
        String svg = Timeline.of(List.of(
                new Timeline.Named("igb <1>", walk), new Timeline.Named("igb, filter", IgbTable.walk(Holder.FILTER))));
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        NodeList rectangles = document.getElementsByTagName("rect");
        double lost = 0;
        double all = 0;
        for (int i = 0; i < rectangles.getLength(); i++) {
            Element each = (Element) rectangles.item(i);
            if (each.getAttribute("fill").startsWith("#")) {
                double width = Double.parseDouble(each.getAttribute("width"));
                all += width;
                lost += each.getAttribute("fill").equals("#c0392b") ? width : 0;
            }
        }
        // Half of the first walk's frames are lost, none of the second's, of which a sixth is drawn twice.
        assertEquals(0.5 / (2 + 1.0 / 6), lost / all, 0.001);
        NodeList texts = document.getElementsByTagName("text");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < texts.getLength(); i++) {
            text.append(texts.item(i).getTextContent()).append('\n');
        }
        assertTrue(
                text.toString().contains("igb <1>: early-steal (2400 frames, 1200 lost, 0 twice)\n"), text::toString);
        assertTrue(text.toString().contains("\naddress set at the PF: early-steal\n"), text::toString);
    }
}

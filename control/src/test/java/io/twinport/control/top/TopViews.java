package io.twinport.control.top;

import io.twinport.dataplane.cnc.CncReading;
import java.nio.file.Path;

/** The live view of what is given to it. */
public final class TopViews {
    private TopViews() {}

    /** All that {@code top} shows, on a terminal and elsewhere, of two looks. */
    public static void show(Path file, CncReading reading, int width, int height) {
        TopView view = new TopView(file);
        view.add(TopSample.of(reading));
        view.add(TopSample.of(reading));
        for (String line : view.screen(width, height)) {
            if (line.length() > width || line.chars().anyMatch(Character::isISOControl)) {
                throw new AssertionError(line);
            }
        }
        if (view.rows().isEmpty() && view.screen(width, height).size() > height) {
            throw new AssertionError("too many lines");
        }
    }
}

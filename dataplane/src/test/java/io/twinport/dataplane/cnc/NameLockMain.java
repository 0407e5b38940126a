package io.twinport.dataplane.cnc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One of several processes that want the same file again and again; it fails where another one has it too. */
final class NameLockMain {
    private NameLockMain() {}

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        Path mine = file.resolveSibling("mine");
        int had = 0;
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            try (CncFile cnc = CncFile.create(file)) {
                Files.createFile(mine); // it must not be there
                boolean whole =
                        CncReading.read(file).pid() == ProcessHandle.current().pid();
                Files.delete(mine);
                if (!whole) {
                    throw new IllegalStateException(cnc.file() + " is another's");
                }
                had++;
            } catch (CncException e) {
                if (!String.valueOf(e.getMessage()).contains("belongs to a twinport that is running")) {
                    throw e;
                }
            }
        }
        System.out.println("had=" + had);
    }
}

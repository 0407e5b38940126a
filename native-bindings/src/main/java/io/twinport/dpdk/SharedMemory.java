package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * EAL's memory as files, for another process to map: all of its heap, with rings, mbufs and whatever else lies there. DPDK's own
 * virtio-user driver shares the same. EAL keeps their descriptors open as long as it runs; nothing of its interface tells
 * them in one go, so this asks the kernel what is mapped.
 */
public final class SharedMemory {
    /**
     * A part that lies in one file in one piece.
     *
     * @param descriptor EAL's own, not to be closed
     * @param offset in the file
     */
    public record Region(long address, long length, int descriptor, long offset) {
        private boolean isFollowedBy(Region next) {
            return descriptor == next.descriptor && address + length == next.address && offset + length == next.offset;
        }
    }

    private static final MethodHandle LIST =
            Symbols.function("rte_mem_virt2memseg_list", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));

    private static final int RANGE = 0;
    private static final int PERMISSIONS = 1;
    private static final int OFFSET = 2;
    private static final int INODE = 4;
    private static final int FIELDS = 5;

    private SharedMemory() {}

    /** All of it as it is now; what EAL takes from the kernel later is not among it. */
    public static List<Region> regions() {
        Map<String, Integer> descriptors = descriptors();
        List<Region> regions = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                String[] fields = line.split("\\s+", FIELDS + 1);
                Integer descriptor = descriptors.get(fields[INODE]);
                if (descriptor != null && fields[PERMISSIONS].equals("rw-s")) {
                    Region region = region(fields, descriptor);
                    if (isOfEal(region.address())) {
                        add(regions, region);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return regions;
    }

    /** Others map the same files: a far end that is in this process. */
    private static boolean isOfEal(long address) {
        try {
            return (long) LIST.invokeExact(address) != 0;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    private static Region region(String[] fields, int descriptor) {
        String[] range = fields[RANGE].split("-", 2);
        long begin = Long.parseUnsignedLong(range[0], 16);
        return new Region(
                begin,
                Long.parseUnsignedLong(range[1], 16) - begin,
                descriptor,
                Long.parseUnsignedLong(fields[OFFSET], 16));
    }

    /** The kernel shows a hugepage a line where EAL has mapped them one by one. */
    private static void add(List<Region> regions, Region next) {
        if (!regions.isEmpty() && regions.getLast().isFollowedBy(next)) {
            Region last = regions.removeLast();
            regions.add(new Region(last.address(), last.length() + next.length(), last.descriptor(), last.offset()));
        } else {
            regions.add(next);
        }
    }

    /** This process's open files, by inode. */
    private static Map<String, Integer> descriptors() {
        Map<String, Integer> found = new HashMap<>();
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : open) {
                try {
                    found.put(
                            Files.getAttribute(each, "unix:ino").toString(),
                            Integer.valueOf(each.getFileName().toString()));
                } catch (IOException e) {
                    // It has been closed meanwhile.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (DirectoryIteratorException e) {
            throw new UncheckedIOException(e.getCause());
        }
        return found;
    }
}

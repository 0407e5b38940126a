package io.twinport.control.fuzz;

import io.twinport.control.pcap.PcapFile;
import io.twinport.control.pcap.PcapngWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Captures, for {@code demo --pcap}. */
final class PcapTarget implements FuzzTarget {
    private static final int LONGEST = 2016;

    private final ScratchFile file = ScratchFile.create("frames");

    PcapTarget() throws IOException {}

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            for (int magic : new int[] {0xa1b2c3d4, 0xa1b23c4d}) {
                ByteBuffer pcap = ByteBuffer.allocate(24 + 2 * 20).order(order);
                pcap.putInt(magic).putInt(0x0004_0002).putLong(0).putInt(65535).putInt(1);
                pcap.putLong(1)
                        .putInt(4)
                        .putInt(60)
                        .putInt(7)
                        .putLong(2)
                        .putInt(4)
                        .putInt(4)
                        .putInt(8);
                seeds.add(pcap.array());
            }
            ByteBuffer simple = ByteBuffer.allocate(28 + 20).order(order);
            simple.putInt(0x0a0d0d0a)
                    .putInt(28)
                    .putInt(0x1a2b3c4d)
                    .putInt(1)
                    .putLong(-1)
                    .putInt(28);
            simple.putInt(3).putInt(20).putInt(60).putInt(7).putInt(20);
            seeds.add(simple.array());
        }
        seeds.add(written());
        return seeds;
    }

    private static byte[] written() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PcapngWriter writer = new PcapngWriter(out, List.of("one", "other"))) {
            writer.write(0, 1, new byte[60], 60, true, "");
            writer.write(1, 2, new byte[7], 1514, false, "why");
            writer.writeStatistics(0, 3, 4);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    @Override
    public void read(byte[] input) throws IOException {
        for (byte[] frame : PcapFile.read(file.with(input), LONGEST)) {
            if (frame.length > LONGEST) {
                throw new AssertionError(frame.length + " bytes");
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}

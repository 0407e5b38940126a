package io.twinport.control.cli;

import io.twinport.control.Program;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What an option should not be given, and what a path may lead to. */
final class Junk {
    /** Nobody means these, whatever they are for. */
    static final List<String> NEVER_POSSIBLE = List.of(
            "",
            "a\0b",
            "\u001b[2J\u001b]0;owned\u0007",
            "two\nlines",
            "del\u007f",
            "\u009b2J",
            "\ud800",
            "line\u2028separator",
            "x".repeat(5000),
            "1".repeat(5000));

    static final List<String> NUMBERS = List.of(
            "-1",
            "0",
            "99999999999999999999999999",
            "1",
            "+1",
            "1.5",
            "1e9",
            "0x10",
            "NaN",
            "\u0661",
            "2147483648",
            "-2147483649",
            "9223372036854775808");

    static final List<String> WORDS = List.of(
            " ",
            "--",
            "@/dev/zero",
            "-",
            "..",
            "/",
            ",",
            "a,b",
            "[",
            "{a: b}",
            "%s%n",
            "${sys:user.home}",
            "\u00e9",
            "none",
            "auto",
            "x=y",
            "\"");

    /** Bytes that a sparse file has. */
    private static final long LARGE = 1L << 30;

    private final Path folder;

    /** @param folder in which there will be something of each kind */
    Junk(Path folder) throws IOException {
        this.folder = folder;
        Program.run("mkfifo", folder.resolve("fifo").toString());
        Files.createDirectory(folder.resolve("folder"));
        Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nowhere"));
        try (RandomAccessFile large =
                new RandomAccessFile(folder.resolve("large").toFile(), "rw")) {
            large.setLength(LARGE);
        }
    }

    List<String> paths() {
        return List.of(
                folder + "/fifo",
                folder + "/folder",
                folder + "/large",
                folder + "/dangling",
                folder + "/large/in-a-file",
                folder + "/missing/file",
                folder + "/" + "n".repeat(256),
                folder + "/" + "d/".repeat(100) + "s",
                "/dev/zero",
                "/dev/full",
                "@" + folder + "/fifo");
    }
}

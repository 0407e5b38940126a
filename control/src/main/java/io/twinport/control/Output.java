package io.twinport.control;

import io.twinport.posix.FileErrors;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * stdout and stderr of this process. They know why they could not be written, which a {@link PrintStream} does not, and what is
 * printed is {@link Printable}: whatever it was made of does nothing to a terminal.
 */
public final class Output extends PrintStream {
    private final Target target;

    private Output(Target target, Charset charset) {
        super(target, true, charset);
        this.target = target;
    }

    /** From now on {@link System#out} and {@link System#err} are such ones. */
    public static void install() {
        System.setOut(to(new FileOutputStream(FileDescriptor.out), System.out.charset()));
        System.setErr(to(new FileOutputStream(FileDescriptor.err), System.err.charset()));
    }

    static Output to(OutputStream out, Charset charset) {
        return new Output(new Target(new BufferedOutputStream(out)), charset);
    }

    /** Why something that was printed on {@link System#out} has not been written; empty if all has. */
    public static Optional<String> failureOfStdout() {
        System.out.flush();
        return System.out instanceof Output out
                ? Optional.ofNullable(out.target.failure).map(FileErrors::reason)
                : Optional.empty();
    }

    @Override
    public void print(@Nullable String text) {
        super.print(Printable.lines(String.valueOf(text)));
    }

    @Override
    public void print(@Nullable Object object) {
        print(String.valueOf(object));
    }

    @Override
    public void print(char c) {
        print(String.valueOf(c));
    }

    @Override
    public void print(char[] text) {
        print(String.valueOf(text));
    }

    /** Keeps the first exception. */
    private static final class Target extends FilterOutputStream {
        private volatile @Nullable IOException failure;

        Target(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw keep(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                throw keep(e);
            }
        }

        private IOException keep(IOException e) {
            if (failure == null) {
                failure = e;
            }
            return e;
        }
    }
}

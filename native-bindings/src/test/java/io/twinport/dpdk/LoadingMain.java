package io.twinport.dpdk;

/** Loads libdpdk and prints what comes of it; a child JVM, since a library cannot be unloaded. */
final class LoadingMain {
    private LoadingMain() {}

    public static void main(String[] arguments) {
        try {
            DpdkLibraries.load();
            System.out.println("loaded=" + Abi.release().title());
        } catch (DpdkException e) {
            System.out.println("refused=" + e.getMessage());
        }
    }
}

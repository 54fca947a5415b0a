// Which release of the project this is.

/// The release that all programs and libraries of the project are of.
public enum Release {
  /// Major, minor and patch, as `--version` prints them.
  public static let version = "0.1.0"
}

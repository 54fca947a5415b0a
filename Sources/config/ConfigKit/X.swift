public enum ConfigKitX {}

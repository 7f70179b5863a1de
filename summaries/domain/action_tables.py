"""Tables of `actions`: programs and their subcommands. Kind is the name of an ActionKind; the key names a sentence."""

#: {program: (kind, key, position of the object among the plain words or None)}
PROGRAMS: dict[str, tuple[str, str, int | None]] = {
    **dict.fromkeys(
        ("clear", "cls", "exit", "logout", "tmux", "screen", "history", "true", "false", "sleep", "wait", "reset", ":"),
        ("NOISE", "nothing", None),
    ),
    **dict.fromkeys(
        ("test", "[", "set", "export", "alias", "unset", "shopt", "read", "stty"), ("NOISE", "nothing", None)
    ),
    **dict.fromkeys(
        (
            *(
                "ls",
                "dir",
                "ll",
                "cd",
                "pwd",
                "cat",
                "less",
                "more",
                "head",
                "tail",
                "grep",
                "egrep",
                "rg",
                "find",
                "awk",
            ),
            *(
                "which",
                "whereis",
                "file",
                "stat",
                "wc",
                "tree",
                "man",
                "type",
                "diff",
                "sort",
                "uniq",
                "cut",
                "nl",
                "bat",
            ),
            *("get-childitem", "get-content", "get-item", "set-location", "strings", "xxd", "readlink", "jq", "tr"),
        ),
        ("LOOK", "files", None),
    ),
    **dict.fromkeys(("journalctl", "dmesg", "get-eventlog", "get-winevent", "last", "lastlog"), ("LOOK", "logs", None)),
    **dict.fromkeys(
        ("ps", "top", "htop", "pgrep", "get-process", "tasklist", "lsof", "free"), ("LOOK", "processes", None)
    ),
    **dict.fromkeys(("du", "lsblk", "blkid", "ncdu", "fdisk", "get-volume", "get-psdrive"), ("LOOK", "disk", None)),
    **dict.fromkeys(
        ("ss", "netstat", "ip", "ifconfig", "ipconfig", "route", "arp", "iwconfig", "nmcli", "get-netadapter"),
        ("LOOK", "network", None),
    ),
    **dict.fromkeys(
        (
            "uname",
            "whoami",
            "id",
            "hostname",
            "hostnamectl",
            "env",
            "printenv",
            "date",
            "uptime",
            "groups",
            "systeminfo",
        ),
        ("LOOK", "system", None),
    ),
    **dict.fromkeys(("lsb_release", "winver", "ver", "timedatectl", "get-computerinfo"), ("LOOK", "system", None)),
    **dict.fromkeys(("df", "pydf"), ("CHECK", "checked_disk", -1)),
    **dict.fromkeys(("lpstat", "lpq", "get-printer", "get-printjob"), ("CHECK", "checked_printers", -1)),
    **dict.fromkeys(("ping", "ping6", "fping", "tracert", "traceroute", "mtr"), ("CHECK", "checked_reach", -1)),
    **dict.fromkeys(("test-connection", "test-netconnection", "nc", "telnet"), ("CHECK", "checked_reach", 0)),
    **dict.fromkeys(("dig", "nslookup", "host", "resolve-dnsname"), ("CHECK", "checked_name", 0)),
    **dict.fromkeys(("pytest", "py.test", "tox", "phpunit", "rspec", "ctest"), ("CHECK", "ran_tests", None)),
    **dict.fromkeys(("get-service",), ("CHECK", "checked_service", 0)),
    **dict.fromkeys(("pg_isready", "mysqladmin"), ("CHECK", "checked_database", None)),
    **dict.fromkeys(("rm", "del", "erase", "rmdir", "rd", "unlink", "shred", "remove-item"), ("CHANGE", "deleted", 0)),
    **dict.fromkeys(("mv", "move", "ren", "rename", "move-item", "rename-item"), ("CHANGE", "moved", 0)),
    **dict.fromkeys(("cp", "copy", "xcopy", "robocopy", "copy-item", "install"), ("CHANGE", "copied", 0)),
    **dict.fromkeys(("mkdir", "md"), ("CHANGE", "created_folder", -1)),
    **dict.fromkeys(("touch", "new-item", "truncate"), ("CHANGE", "created_file", -1)),
    "ln": ("CHANGE", "linked", -1),
    **dict.fromkeys(("chmod", "chown", "chgrp", "setfacl", "icacls", "takeown"), ("CHANGE", "changed_permissions", -1)),
    **dict.fromkeys(
        ("nano", "vi", "vim", "nvim", "emacs", "pico", "mcedit", "notepad", "code", "gedit", "ed", "patch"),
        ("CHANGE", "edited", -1),
    ),
    **dict.fromkeys(("crontab", "visudo"), ("CHANGE", "edited", None)),
    **dict.fromkeys(("useradd", "adduser", "usermod", "groupadd", "gpasswd"), ("CHANGE", "changed_account", -1)),
    **dict.fromkeys(("userdel", "deluser", "groupdel"), ("CHANGE", "removed_account", -1)),
    **dict.fromkeys(("passwd", "chpasswd", "smbpasswd", "kpasswd"), ("CHANGE", "changed_password", -1)),
    **dict.fromkeys(("kill", "pkill", "killall", "taskkill", "stop-process", "xkill"), ("CHANGE", "ended_process", -1)),
    **dict.fromkeys(("umount",), ("CHANGE", "unmounted", -1)),
    **dict.fromkeys(("reboot", "shutdown", "restart-computer", "poweroff"), ("CHANGE", "restarted_computer", None)),
    **dict.fromkeys(("restart-service",), ("CHANGE", "restarted_service", 0)),
    **dict.fromkeys(("start-service",), ("CHANGE", "started_service", 0)),
    **dict.fromkeys(("stop-service",), ("CHANGE", "stopped_service", 0)),
    **dict.fromkeys(("cancel", "lprm", "remove-printjob"), ("CHANGE", "cancelled_print", None)),
    **dict.fromkeys(
        ("lpadmin", "cupsenable", "cupsaccept", "cupsdisable", "add-printer"), ("CHANGE", "set_up_printer", -1)
    ),
    **dict.fromkeys(("lp", "lpr"), ("RUN", "printed", -1)),
    **dict.fromkeys(("ufw", "iptables", "nft", "firewall-cmd", "netsh"), ("CHANGE", "changed_firewall", None)),
    **dict.fromkeys(("ssh-keygen", "ssh-copy-id"), ("CHANGE", "created_key", None)),
    **dict.fromkeys(("tar", "zip", "gzip", "bzip2", "xz"), ("CHANGE", "packed", None)),
    **dict.fromkeys(("unzip", "gunzip", "unxz", "expand-archive"), ("CHANGE", "unpacked", 0)),
    **dict.fromkeys(("scp", "rsync", "sftp", "ftp"), ("CHANGE", "transferred", None)),
    **dict.fromkeys(("wget",), ("CHANGE", "downloaded", -1)),
    **dict.fromkeys(("logrotate",), ("CHANGE", "cleaned_logs", None)),
    **dict.fromkeys(("gpupdate",), ("CHANGE", "applied_policies", None)),
    **dict.fromkeys(("sfc", "chkdsk", "fsck", "dism"), ("CHANGE", "repaired_system", None)),
    **dict.fromkeys(("ssh", "mosh", "enter-pssession"), ("RUN", "connected", 0)),
    **dict.fromkeys(("openvpn", "vpnc", "openconnect", "wg-quick"), ("CHANGE", "connected_vpn", -1)),
    **dict.fromkeys(("source", "."), ("RUN", "loaded_settings", 0)),
}

_PACKAGES: dict[str, tuple[str, str]] = {
    "install": ("CHANGE", "installed"),
    "add": ("CHANGE", "installed"),
    "remove": ("CHANGE", "removed_package"),
    "purge": ("CHANGE", "removed_package"),
    "uninstall": ("CHANGE", "removed_package"),
    "autoremove": ("CHANGE", "cleaned_packages"),
    "clean": ("CHANGE", "cleaned_packages"),
    "autoclean": ("CHANGE", "cleaned_packages"),
    "update": ("CHANGE", "refreshed_packages"),
    "upgrade": ("CHANGE", "updated_packages"),
    "dist-upgrade": ("CHANGE", "updated_packages"),
    "full-upgrade": ("CHANGE", "updated_packages"),
    "reinstall": ("CHANGE", "installed"),
    **dict.fromkeys(
        ("list", "search", "show", "info", "policy", "freeze", "-l", "-s", "-q", "-qa"), ("LOOK", "packages")
    ),
}
_CONTAINERS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("ps", "logs", "images", "inspect", "stats", "get", "describe", "top", "ls"), ("LOOK", "containers")
    ),
    **dict.fromkeys(("restart", "rollout"), ("CHANGE", "restarted_container")),
    **dict.fromkeys(("run", "start", "up", "apply", "create"), ("CHANGE", "started_container")),
    **dict.fromkeys(("stop", "kill", "down"), ("CHANGE", "stopped_container")),
    **dict.fromkeys(("rm", "rmi", "prune", "delete"), ("CHANGE", "removed_container")),
    **dict.fromkeys(("build", "pull", "load"), ("CHANGE", "fetched_image")),
}
_TESTING: dict[str, tuple[str, str]] = {"test": ("CHECK", "ran_tests"), "check": ("CHECK", "ran_tests")}

#: {program: {subcommand: (kind, key)}}; the first plain word after the subcommand is the object.
SUBCOMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    **dict.fromkeys(
        ("apt", "apt-get", "aptitude", "dnf", "yum", "zypper", "apk", "brew", "choco", "winget", "snap", "flatpak"),
        _PACKAGES,
    ),
    **dict.fromkeys(("pip", "pip3", "pipx", "uv", "gem", "dpkg", "rpm", "apt-cache", "composer"), _PACKAGES),
    **dict.fromkeys(
        ("conda", "mamba"),
        {**_PACKAGES, "create": ("CHANGE", "created_environment"), "env": ("CHANGE", "created_environment")}
        | {"activate": ("RUN", "loaded_settings")},
    ),
    **dict.fromkeys(("npm", "yarn", "pnpm"), _PACKAGES | _TESTING | {"ci": ("CHANGE", "installed")}),
    **dict.fromkeys(("make", "go", "cargo", "mvn", "gradle", "dotnet"), _TESTING),
    **dict.fromkeys(("docker", "podman", "kubectl", "docker-compose"), _CONTAINERS),
    "git": {
        **dict.fromkeys(
            ("status", "log", "show", "diff", "branch", "reflog", "remote", "blame", "tag", "ls-files", "config"),
            ("LOOK", "repository"),
        ),
        "commit": ("CHANGE", "committed"),
        **dict.fromkeys(("merge", "rebase", "cherry-pick"), ("CHANGE", "merged")),
        **dict.fromkeys(("checkout", "switch"), ("CHANGE", "switched_branch")),
        **dict.fromkeys(("reset", "restore", "revert", "stash", "clean"), ("CHANGE", "reset_changes")),
        **dict.fromkeys(("pull", "fetch", "clone"), ("CHANGE", "fetched_source")),
        "push": ("CHANGE", "pushed"),
        "add": ("CHANGE", "staged"),
        "init": ("CHANGE", "created_repository"),
    },
    "certbot": {
        "renew": ("CHANGE", "renewed_certificate"),
        "certonly": ("CHANGE", "created_certificate"),
        "certificates": ("CHECK", "checked_certificate"),
    },
    "ipconfig": {
        "/flushdns": ("CHANGE", "flushed_names"),
        "/release": ("CHANGE", "renewed_address"),
        "/renew": ("CHANGE", "renewed_address"),
    },
    "resolvectl": {"flush-caches": ("CHANGE", "flushed_names"), "status": ("LOOK", "network")},
    "nmcli": {"up": ("CHANGE", "connected_network"), "connect": ("CHANGE", "connected_network")},
    "aws": dict.fromkeys(("ls", "list-buckets", "--version", "describe-instances"), ("LOOK", "cloud"))
    | dict.fromkeys(("mb", "rb", "cp", "rm", "sync"), ("CHANGE", "changed_cloud")),
}

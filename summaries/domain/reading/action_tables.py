"""Tables of `actions`: programs and their subcommands. Kind is the name of an ActionKind; the key names a sentence."""

from typing import TypeVar

Row = TypeVar("Row")


def _each(names: str, row: Row) -> dict[str, Row]:
    """The same row for every name; names are parted by blanks."""
    return dict.fromkeys(names.split(), row)


#: {program: (kind, key, position of the object among the plain words or None)}
PROGRAMS: dict[str, tuple[str, str, int | None]] = {
    **_each(
        "clear cls exit logout tmux screen history true false sleep wait reset : cd pwd set-location",
        ("NOISE", "nothing", None),
    ),
    **_each("test [ set export alias unset shopt read stty", ("NOISE", "nothing", None)),
    **_each(
        "ls dir ll cat less more head tail grep egrep rg find awk which whereis file stat wc tree man "
        "type diff sort uniq cut nl bat get-childitem get-content get-item strings xxd readlink jq tr",
        ("LOOK", "files", None),
    ),
    **_each("journalctl dmesg get-eventlog get-winevent last lastlog", ("LOOK", "logs", None)),
    **_each("ps top htop pgrep get-process tasklist lsof free", ("LOOK", "processes", None)),
    **_each("du lsblk blkid ncdu fdisk get-volume get-psdrive", ("LOOK", "disk", None)),
    **_each(
        "ss netstat ip ifconfig ipconfig route arp iwconfig nmcli get-netadapter",
        ("LOOK", "network", None),
    ),
    **_each(
        "uname whoami id hostname hostnamectl env printenv date uptime groups systeminfo",
        ("LOOK", "system", None),
    ),
    **_each("lsb_release winver ver timedatectl get-computerinfo", ("LOOK", "system", None)),
    **_each("chage getent groups finger get-aduser", ("LOOK", "accounts", None)),
    **_each("cmp sha256sum md5sum sha1sum", ("CHECK", "checked_files", None)),
    **_each("df pydf", ("CHECK", "checked_disk", -1)),
    **_each("lpstat lpq get-printer get-printjob", ("CHECK", "checked_printers", -1)),
    **_each("ping ping6 fping tracert traceroute mtr", ("CHECK", "checked_reach", -1)),
    **_each("test-connection test-netconnection nc telnet", ("CHECK", "checked_reach", 0)),
    **_each("dig nslookup host resolve-dnsname", ("CHECK", "checked_name", 0)),
    **_each("pytest py.test tox phpunit rspec ctest", ("CHECK", "ran_tests", None)),
    **_each("get-service", ("CHECK", "checked_service", 0)),
    **_each("pg_isready mysqladmin", ("CHECK", "checked_database", None)),
    **_each("rm del erase rmdir rd unlink shred remove-item", ("CHANGE", "deleted", 0)),
    **_each("mv move ren rename move-item rename-item", ("CHANGE", "moved", 0)),
    **_each("cp copy xcopy robocopy copy-item install", ("CHANGE", "copied", 0)),
    **_each("mkdir md", ("CHANGE", "created_folder", -1)),
    **_each("touch new-item truncate", ("CHANGE", "created_file", -1)),
    **_each("kinit testsaslauthd", ("CHECK", "checked_sign_in", -1)),
    "ln": ("CHANGE", "linked", -1),
    **_each("chmod chown chgrp setfacl icacls takeown", ("CHANGE", "changed_permissions", -1)),
    **_each(
        "nano vi vim nvim emacs pico mcedit notepad code gedit ed patch",
        ("CHANGE", "edited", -1),
    ),
    **_each("crontab visudo", ("CHANGE", "edited", None)),
    **_each("useradd adduser usermod groupadd gpasswd", ("CHANGE", "changed_account", -1)),
    **_each("userdel deluser groupdel", ("CHANGE", "removed_account", -1)),
    **_each("passwd chpasswd smbpasswd kpasswd", ("CHANGE", "changed_password", -1)),
    **_each("kill pkill killall taskkill stop-process xkill", ("CHANGE", "ended_process", -1)),
    **_each("umount", ("CHANGE", "unmounted", -1)),
    **_each("reboot shutdown restart-computer poweroff", ("CHANGE", "restarted_computer", None)),
    **_each("restart-service", ("CHANGE", "restarted_service", 0)),
    **_each("start-service", ("CHANGE", "started_service", 0)),
    **_each("stop-service", ("CHANGE", "stopped_service", 0)),
    **_each("cancel lprm remove-printjob", ("CHANGE", "cancelled_print", None)),
    **_each("lpadmin cupsenable cupsaccept cupsdisable add-printer", ("CHANGE", "set_up_printer", -1)),
    **_each("lp lpr", ("RUN", "printed", -1)),
    **_each("ufw iptables nft firewall-cmd netsh", ("CHANGE", "changed_firewall", None)),
    **_each("ssh-keygen ssh-copy-id", ("CHANGE", "created_key", None)),
    **_each("tar zip gzip bzip2 xz", ("CHANGE", "packed", None)),
    **_each("unzip gunzip unxz expand-archive", ("CHANGE", "unpacked", 0)),
    **_each("scp rsync sftp ftp", ("CHANGE", "transferred", None)),
    **_each("wget", ("CHANGE", "downloaded", -1)),
    **_each("logrotate", ("CHANGE", "cleaned_logs", None)),
    **_each("gpupdate", ("CHANGE", "applied_policies", None)),
    **_each("sfc chkdsk fsck dism", ("CHANGE", "repaired_system", None)),
    **_each("ssh mosh enter-pssession", ("RUN", "connected", 0)),
    **_each("openvpn vpnc openconnect wg-quick", ("CHANGE", "connected_vpn", -1)),
    **_each("source .", ("RUN", "loaded_settings", 0)),
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
    **_each("list search show info policy freeze -l -s -q -qa", ("LOOK", "packages")),
}
_DEBIAN_PACKAGES: dict[str, tuple[str, str]] = {
    "--audit": ("CHECK", "checked_packages"),
    "-C": ("CHECK", "checked_packages"),
    "--configure": ("CHANGE", "configured_packages"),
    "-i": ("CHANGE", "installed"),
    "-r": ("CHANGE", "removed_package"),
    "-P": ("CHANGE", "removed_package"),
    "-l": ("LOOK", "packages"),
}
_CONTAINERS: dict[str, tuple[str, str]] = {
    **_each("ps logs images inspect stats get describe top ls", ("LOOK", "containers")),
    **_each("restart rollout", ("CHANGE", "restarted_container")),
    **_each("run start up apply create", ("CHANGE", "started_container")),
    **_each("stop kill down", ("CHANGE", "stopped_container")),
    **_each("rm rmi prune delete", ("CHANGE", "removed_container")),
    **_each("build pull load", ("CHANGE", "fetched_image")),
}
_TESTING: dict[str, tuple[str, str]] = {"test": ("CHECK", "ran_tests"), "check": ("CHECK", "ran_tests")}

#: {program: {subcommand: (kind, key)}}; the first plain word after the subcommand is the object.
SUBCOMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    **_each(
        "apt apt-get aptitude dnf yum zypper apk brew choco winget snap flatpak",
        _PACKAGES,
    ),
    **_each("pip pip3 pipx uv gem dpkg rpm apt-cache composer", _PACKAGES),
    **_each(
        "conda mamba",
        {**_PACKAGES, "create": ("CHANGE", "created_environment"), "env": ("CHANGE", "created_environment")}
        | {"activate": ("RUN", "loaded_settings")},
    ),
    **_each("npm yarn pnpm", _PACKAGES | _TESTING | {"ci": ("CHANGE", "installed")}),
    **_each("make go cargo mvn gradle dotnet", _TESTING),
    **_each("docker podman kubectl docker-compose", _CONTAINERS),
    "dpkg": _DEBIAN_PACKAGES,
    "git": {
        **_each(
            "status log show diff branch reflog remote blame tag ls-files config",
            ("LOOK", "repository"),
        ),
        "commit": ("CHANGE", "committed"),
        **_each("merge rebase cherry-pick", ("CHANGE", "merged")),
        **_each("checkout switch", ("CHANGE", "switched_branch")),
        **_each("reset restore revert stash clean", ("CHANGE", "reset_changes")),
        **_each("pull fetch clone", ("CHANGE", "fetched_source")),
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
    "aws": _each("ls list-buckets --version describe-instances", ("LOOK", "cloud"))
    | _each("mb rb cp rm sync", ("CHANGE", "changed_cloud")),
}

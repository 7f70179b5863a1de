"""The taxonomy that a new company starts with: issue types and applications of IT support, and their words.

Keywords are matched without regard to accents and case, as whole words, in English, Spanish and German.
"""

from collections.abc import Iterable

from accounts.models import Company
from summaries.engines.base import TaxonomyLabel
from summaries.models import Application, IssueType


def _label(name: str, keywords: str) -> TaxonomyLabel:
    return TaxonomyLabel(name, tuple(word.strip() for word in keywords.split(",")))


ISSUE_TYPES: tuple[TaxonomyLabel, ...] = (
    _label(
        "Printer",
        "printer, printers, printing, print queue, print job, toner, paper jam, lpstat, lpadmin, cupsd, cups, "
        "spooler, impresora, imprimir, cola de impresión, drucker, drucken, druckt, druckauftrag, "
        "druckerwarteschlange, druckwarteschlange",
    ),
    _label(
        "VPN",
        "vpn, openvpn, anyconnect, wireguard, ipsec, forticlient, globalprotect, tunnel, tls handshake "
        "failed, openconnect, ovpn, túnel",
    ),
    _label(
        "Sign-in",
        "sign in, sign-in, signing in, login, log in, logon, logging in, password, locked out, account "
        "locked, account is locked, mfa, two-factor, authenticator, single sign-on, authentication failed, "
        "access code, iniciar sesión, inicio de sesión, contraseña, cuenta bloqueada, anmelden, anmeldung, "
        "passwort, kennwort, konto gesperrt, einloggen",
    ),
    _label(
        "E-mail",
        "e-mail, email, emails, mail, mails, mailbox, inbox, outbox, outlook, thunderbird, smtp, imap, pop3, "
        "postfix, dovecot, exchange, calendar, correo, buzón, bandeja de entrada, postfach, kalender",
    ),
    _label(
        "Disk space",
        "disk full, disk is full, disk space, no space left, no space left on device, low disk space, storage "
        "full, out of space, df -h, du -sh, quota exceeded, disco lleno, espacio en disco, sin espacio, "
        "festplatte voll, speicherplatz, speicher voll, platte voll",
    ),
    _label(
        "Network",
        "network, wifi, wi-fi, wlan, ethernet, dns, dhcp, ip address, gateway, router, packet loss, "
        "unreachable, no internet, internet, could not resolve, name resolution, nmcli, firewall, proxy, la red, "
        "sin conexión, netzwerk, keine verbindung, verbindungsabbruch",
    ),
    _label(
        "Software installation",
        "install, installation, installer, setup, uninstall, apt install, apt-get install, pip install, npm "
        "install, dnf install, yum install, conda install, msiexec, package, packages, dependency, "
        "dependencies, conda env, instalar, instalación, installieren, installiert, deinstallieren, paket",
    ),
    _label(
        "Update",
        "update, updates, upgrade, windows update, apt upgrade, apt-get upgrade, patch, hotfix, actualizar, "
        "actualización, actualizaciones, aktualisierung, aktualisieren",
    ),
    _label(
        "Service failure",
        "systemctl, service failed, failed to start, active: failed, crash, crashed, crashes, service is "
        "down, not running, restart the service, exited with code, core dumped, servicio caído, no arranca, "
        "dienst, startet nicht, abgestürzt, stürzt ab",
    ),
    _label(
        "Certificate",
        "certificate, certificates, cert, ssl, tls, x509, openssl, certbot, let's encrypt, self-signed, "
        "expired certificate, certificate has expired, certificado, certificados, caducado, zertifikat, "
        "zertifikate, abgelaufen",
    ),
    _label(
        "Backup",
        "backup, backups, back up, restore, restored, snapshot, rsync, borg, restic, veeam, recover files, "
        "copia de seguridad, respaldo, restaurar, datensicherung, sicherung, wiederherstellen, "
        "wiederherstellung",
    ),
    _label(
        "Permissions",
        "permission, permissions, permission denied, access denied, access is denied, chmod, chown, setfacl, "
        "icacls, sudoers, not authorised, not authorized, permiso, permisos, acceso denegado, permiso "
        "denegado, berechtigung, berechtigungen, zugriff verweigert",
    ),
    _label(
        "Performance",
        "slow, slowly, sluggish, freezes, frozen, hangs, lagging, high cpu, high load, out of memory, memory "
        "leak, performance, unresponsive, lento, lenta, va lento, se congela, langsam, hängt, eingefroren, "
        "auslastung, reagiert nicht",
    ),
    _label(
        "Hardware",
        "hardware, monitor, display, screen flickers, keyboard, mouse, battery, charger, docking station, "
        "headset, webcam, microphone, usb, fan noise, hard drive, smartctl, bios, teclado, ratón, pantalla, "
        "batería, tastatur, maus, bildschirm, akku, lüfter, festplatte defekt",
    ),
    _label(
        "Browser",
        "browser, chrome, firefox, edge, safari, cookies, browser cache, web page does not load, pop-up, "
        "browser extension, navegador, webseite lädt nicht",
    ),
    _label(
        "Database",
        "database, databases, mysql, mariadb, postgresql, postgres, psql, sqlite, sqlite3, mongodb, redis, "
        "oracle, sql server, deadlock, pg_dump, mysqldump, base de datos, datenbank, datenbanken",
    ),
    _label(
        "Configuration",
        "configuration, config file, configure, settings, misconfigured, config error, unknown directive, "
        "syntax error, invalid option, configuración, ajustes, configurar, konfiguration, einstellungen, "
        "konfigurieren, konfigurationsfehler",
    ),
    _label(
        "Security",
        "virus, malware, ransomware, phishing, trojan, suspicious, hacked, antivirus, defender, quarantine, "
        "vulnerability, fail2ban, intrusion, sospechoso, vulnerabilidad, schadsoftware, verdächtig, "
        "sicherheitslücke",
    ),
    _label(
        "Web server",
        "web server, webserver, nginx, apache, apache2, httpd, haproxy, caddy, virtual host, 502 bad gateway, "
        "503 service unavailable, 404 not found, reverse proxy, servidor web",
    ),
    _label(
        "Git and source code",
        "git, merge conflict, branch, commit, rebase, repository, github, gitlab, pull request, source code, "
        "git merge, repositorio, quellcode, quelltext",
    ),
    _label(
        "Containers",
        "docker, docker-compose, podman, kubernetes, kubectl, container, containers, pod, dockerfile, image "
        "pull, contenedor, contenedores",
    ),
    _label(
        "Files and data",
        "lost file, missing file, deleted file, deleted by accident, spreadsheet, csv, corrupt file, shared "
        "folder, network drive, file share, archivo perdido, archivo borrado, carpeta compartida, datei "
        "verschwunden, datei gelöscht, netzlaufwerk, freigabe",
    ),
    _label(
        "Scripts and automation",
        "cron, crontab, scheduled task, script, scripts, ansible, terraform, automation, traceback, python "
        "script, tarea programada, aufgabenplanung, skript, skripte",
    ),
    _label(
        "Cloud storage",
        "s3, bucket, onedrive, dropbox, google drive, sharepoint, icloud, nextcloud, sync error, "
        "synchronisation, sincronización, synchronisierung, synchronisiert nicht",
    ),
    _label(
        "Telephony and meetings",
        "teams meeting, zoom meeting, voip, softphone, headset, no sound, call quality, video call, "
        "voicemail, videollamada, sin sonido, telefonie, videokonferenz, kein ton",
    ),
)

APPLICATIONS: tuple[TaxonomyLabel, ...] = tuple(
    _label(name, keywords)
    for name, keywords in (
        ("Outlook", "outlook.exe, microsoft outlook, outlook"),
        ("Word", "winword, winword.exe, microsoft word"),
        ("Excel", "excel.exe, microsoft excel"),
        ("PowerPoint", "powerpnt, powerpnt.exe, microsoft powerpoint"),
        ("Teams", "microsoft teams, ms-teams, teams.exe"),
        ("OneDrive", "onedrive.exe"),
        ("SharePoint", "sharepoint"),
        ("Exchange", "exchange server, exchange online"),
        ("Thunderbird", "thunderbird.exe, mozilla thunderbird"),
        ("Chrome", "google chrome, chrome.exe, google-chrome, chromium"),
        ("Edge", "microsoft edge, msedge, msedge.exe"),
        ("Firefox", "firefox.exe, mozilla firefox"),
        ("Safari", "safari browser"),
        ("Windows Explorer", "explorer.exe, file explorer, datei-explorer, explorador de archivos"),
        ("Windows Settings", "systemsettings.exe, control panel, systemsteuerung, panel de control"),
        ("Command Prompt", "cmd.exe, eingabeaufforderung, símbolo del sistema"),
        ("PowerShell", "powershell.exe, pwsh"),
        ("Task Manager", "taskmgr, taskmgr.exe"),
        ("Registry Editor", "regedit, regedit.exe"),
        ("Active Directory", "dsa.msc, get-aduser, entra id, azure ad"),
        ("Print Spooler", "spoolsv.exe, spooler, print spooler"),
        ("CUPS", "cupsd, lpstat, lpadmin, cupsenable, cups-browsed"),
        ("Adobe Acrobat", "acrobat, acrord32, acrobat reader, adobe reader"),
        ("SAP GUI", "saplogon, saplogon.exe, sap"),
        ("Citrix Workspace", "citrix, wfica32"),
        ("Remote Desktop", "mstsc, mstsc.exe, rdp, remotedesktopverbindung, escritorio remoto"),
        ("AnyConnect", "vpnui, cisco anyconnect, cisco secure client"),
        ("FortiClient", "forticlient vpn"),
        ("OpenVPN", "openvpn-gui, ovpn"),
        ("WireGuard", "wg-quick, wg0"),
        ("Zoom", "zoom meeting, zoom.exe"),
        ("Slack", "slack.exe"),
        ("Skype", "skype.exe"),
        ("nginx", "nginx.conf"),
        ("Apache", "apache2, httpd, apachectl, apache2ctl"),
        ("systemd", "systemctl, journalctl"),
        ("SSH", "sshd, ssh-keygen, ssh-copy-id, openssh"),
        ("OpenSSL", "openssl"),
        ("Certbot", "letsencrypt, let's encrypt"),
        ("Postfix", "postqueue, postmap, mailq"),
        ("Dovecot", "doveadm"),
        ("Samba", "smbd, smbclient, smb.conf, testparm"),
        ("MySQL", "mysqld, mysqladmin, mysqldump, mariadb"),
        ("PostgreSQL", "postgres, psql, pg_dump, pg_isready, pg_ctl"),
        ("SQLite", "sqlite3"),
        ("SQL Server", "sqlcmd, ssms, mssql"),
        ("MongoDB", "mongod, mongosh"),
        ("Redis", "redis-cli, redis-server"),
        ("Docker", "docker-compose, dockerd, dockerfile"),
        ("Kubernetes", "kubectl, kubelet, helm"),
        ("Git", "git"),
        ("GitHub", "github.com"),
        ("GitLab", "gitlab.com"),
        ("apt", "apt-get, dpkg, aptitude"),
        ("dnf", "yum, rpm"),
        ("pip", "pip3, pypi"),
        ("npm", "npx, node_modules"),
        ("Conda", "conda, mamba, miniconda, anaconda"),
        ("Python", "python3, python3.11, python3.12"),
        ("Java", "javac, openjdk"),
        ("Node.js", "nodejs"),
        ("Ansible", "ansible-playbook"),
        ("AWS CLI", "aws s3, aws s3api, aws ec2, awscli, aws"),
        ("curl", "curl"),
        ("cron", "crontab"),
        ("Vim", "vim, nvim"),
        ("nano", "nano"),
        ("VS Code", "visual studio code, vscode"),
        ("rsync", "rsync"),
        ("UFW", "ufw"),
        ("Windows Update", "wuauclt, usoclient"),
        ("Windows Defender", "microsoft defender, mpcmdrun"),
        ("TeamViewer", "teamviewer.exe"),
        ("MeshCentral", "meshagent"),
    )
)


def create_default_taxonomy(*, company: Company) -> None:
    """Give *company* the starting labels. Labels that it has already, by name, are left as they are."""
    issue_types = IssueType.objects.filter(company=company)
    issue_types.bulk_create(
        IssueType(company=company, name=label.name, keywords=list(label.keywords))
        for label in _missing(ISSUE_TYPES, issue_types.values_list("name", flat=True))
    )
    applications = Application.objects.filter(company=company)
    applications.bulk_create(
        Application(company=company, name=label.name, keywords=list(label.keywords))
        for label in _missing(APPLICATIONS, applications.values_list("name", flat=True))
    )


def _missing(labels: Iterable[TaxonomyLabel], names: Iterable[str]) -> list[TaxonomyLabel]:
    known = {name.casefold() for name in names}
    return [label for label in labels if label.name.casefold() not in known]

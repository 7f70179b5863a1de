"""The words of the made-up session that shows how a report looks, in the languages of summaries."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SampleWords:
    """*left* is what is still to do."""

    title: str
    problem: str
    looked: str
    restarted: str
    printed: str
    confirmed: str
    left: str
    note: str


WORDS = {
    "en": SampleWords(
        title="Printer offline after driver update",
        problem="The office printer showed as offline on ACC-14 since the driver update on Friday.",
        looked="Looked at the print queue: six jobs had stopped.",
        restarted="Restarted the print service.",
        printed="Printed a test page.",
        confirmed="The test page came out; the user confirmed it in the chat.",
        left="Four other devices have the same driver version.",
        note="Call back on Monday.",
    ),
    "es": SampleWords(
        title="Impresora sin conexión tras actualizar el controlador",
        problem="La impresora de la oficina aparecía sin conexión en ACC-14 desde la actualización del viernes.",
        looked="Se revisó la cola de impresión: había seis trabajos detenidos.",
        restarted="Se reinició el servicio de impresión.",
        printed="Se imprimió una página de prueba.",
        confirmed="La página de prueba salió; el usuario lo confirmó en el chat.",
        left="Otros cuatro equipos tienen la misma versión del controlador.",
        note="Llamar el lunes.",
    ),
    "de": SampleWords(
        title="Drucker nach Treiber-Update offline",
        problem="Der Bürodrucker war auf ACC-14 seit dem Treiber-Update am Freitag offline.",
        looked="Warteschlange geprüft: Sechs Aufträge waren angehalten.",
        restarted="Druckdienst neu gestartet.",
        printed="Testseite gedruckt.",
        confirmed="Die Testseite kam heraus; der Benutzer hat es im Chat bestätigt.",
        left="Vier weitere Geräte haben dieselbe Treiberversion.",
        note="Am Montag zurückrufen.",
    ),
    "fr": SampleWords(
        title="Imprimante hors ligne après la mise à jour du pilote",
        problem="L’imprimante du bureau était hors ligne sur ACC-14 depuis la mise à jour de vendredi.",
        looked="File d’impression vérifiée : six travaux étaient arrêtés.",
        restarted="Service d’impression redémarré.",
        printed="Page de test imprimée.",
        confirmed="La page de test est sortie ; l’utilisateur l’a confirmé dans le chat.",
        left="Quatre autres appareils ont la même version du pilote.",
        note="Rappeler lundi.",
    ),
    "it": SampleWords(
        title="Stampante offline dopo l’aggiornamento del driver",
        problem="La stampante dell’ufficio risultava offline su ACC-14 dall’aggiornamento di venerdì.",
        looked="Controllata la coda di stampa: sei processi erano fermi.",
        restarted="Riavviato il servizio di stampa.",
        printed="Stampata una pagina di prova.",
        confirmed="La pagina di prova è uscita; l’utente lo ha confermato in chat.",
        left="Altri quattro dispositivi hanno la stessa versione del driver.",
        note="Richiamare lunedì.",
    ),
    "pt": SampleWords(
        title="Impressora offline após a atualização do driver",
        problem="A impressora do escritório aparecia offline no ACC-14 desde a atualização de sexta-feira.",
        looked="Fila de impressão verificada: seis trabalhos estavam parados.",
        restarted="Serviço de impressão reiniciado.",
        printed="Página de teste impressa.",
        confirmed="A página de teste saiu; o usuário confirmou no chat.",
        left="Outros quatro dispositivos têm a mesma versão do driver.",
        note="Ligar de volta na segunda-feira.",
    ),
    "nl": SampleWords(
        title="Printer offline na driverupdate",
        problem="De kantoorprinter was op ACC-14 offline sinds de driverupdate van vrijdag.",
        looked="Afdrukwachtrij bekeken: zes taken stonden stil.",
        restarted="Afdrukservice opnieuw gestart.",
        printed="Testpagina afgedrukt.",
        confirmed="De testpagina kwam eruit; de gebruiker bevestigde het in de chat.",
        left="Vier andere apparaten hebben dezelfde driverversie.",
        note="Maandag terugbellen.",
    ),
    "pl": SampleWords(
        title="Drukarka offline po aktualizacji sterownika",
        problem="Drukarka biurowa była offline na ACC-14 od piątkowej aktualizacji sterownika.",
        looked="Sprawdzono kolejkę wydruku: sześć zadań było zatrzymanych.",
        restarted="Uruchomiono ponownie usługę drukowania.",
        printed="Wydrukowano stronę testową.",
        confirmed="Strona testowa się wydrukowała; użytkownik potwierdził to na czacie.",
        left="Cztery inne urządzenia mają tę samą wersję sterownika.",
        note="Oddzwonić w poniedziałek.",
    ),
    "cs": SampleWords(
        title="Tiskárna offline po aktualizaci ovladače",
        problem="Kancelářská tiskárna byla na ACC-14 offline od páteční aktualizace ovladače.",
        looked="Zkontrolována tisková fronta: šest úloh stálo.",
        restarted="Restartována tisková služba.",
        printed="Vytištěna zkušební stránka.",
        confirmed="Zkušební stránka se vytiskla; uživatel to potvrdil v chatu.",
        left="Čtyři další zařízení mají stejnou verzi ovladače.",
        note="Zavolat zpět v pondělí.",
    ),
    "tr": SampleWords(
        title="Sürücü güncellemesinden sonra yazıcı çevrimdışı",
        problem="Ofis yazıcısı, cuma günkü güncellemeden beri ACC-14 üzerinde çevrimdışı görünüyordu.",
        looked="Yazdırma kuyruğuna bakıldı: altı iş durmuştu.",
        restarted="Yazdırma hizmeti yeniden başlatıldı.",
        printed="Sınama sayfası yazdırıldı.",
        confirmed="Sınama sayfası çıktı; kullanıcı bunu sohbette doğruladı.",
        left="Dört cihazda daha aynı sürücü sürümü var.",
        note="Pazartesi geri aranacak.",
    ),
    "ja": SampleWords(
        title="ドライバー更新後にプリンターがオフライン",
        problem="金曜日のドライバー更新以来、ACC-14 でオフィスのプリンターがオフラインと表示されていました。",
        looked="印刷キューを確認しました。6件のジョブが停止していました。",
        restarted="印刷サービスを再起動しました。",
        printed="テストページを印刷しました。",
        confirmed="テストページが印刷され、ユーザーがチャットで確認しました。",
        left="ほかの4台にも同じバージョンのドライバーがあります。",
        note="月曜日に折り返し電話します。",
    ),
    "zh": SampleWords(
        title="驱动程序更新后打印机脱机",
        problem="自周五更新驱动程序以来,办公室打印机在 ACC-14 上显示为脱机。",
        looked="检查了打印队列:六个任务已停止。",
        restarted="重新启动了打印服务。",
        printed="打印了测试页。",
        confirmed="测试页已打印出来,用户在聊天中确认。",
        left="另有四台设备使用相同的驱动程序版本。",
        note="周一回电。",
    ),
    "ko": SampleWords(
        title="드라이버 업데이트 후 프린터 오프라인",
        problem="금요일 드라이버 업데이트 이후 ACC-14에서 사무실 프린터가 오프라인으로 표시되었습니다.",
        looked="인쇄 대기열을 확인했습니다. 작업 6개가 멈춰 있었습니다.",
        restarted="인쇄 서비스를 다시 시작했습니다.",
        printed="테스트 페이지를 인쇄했습니다.",
        confirmed="테스트 페이지가 나왔고 사용자가 채팅에서 확인했습니다.",
        left="다른 장치 4대에도 같은 드라이버 버전이 있습니다.",
        note="월요일에 다시 전화하기.",
    ),
    "ar": SampleWords(
        title="الطابعة غير متصلة بعد تحديث برنامج التشغيل",
        problem="ظهرت طابعة المكتب غير متصلة على ACC-14 منذ تحديث برنامج التشغيل يوم الجمعة.",
        looked="فُحصت قائمة انتظار الطباعة: ست مهام كانت متوقفة.",
        restarted="أُعيد تشغيل خدمة الطباعة.",
        printed="طُبعت صفحة اختبار.",
        confirmed="خرجت صفحة الاختبار وأكد المستخدم ذلك في الدردشة.",
        left="أربعة أجهزة أخرى لديها إصدار برنامج التشغيل نفسه.",
        note="معاودة الاتصال يوم الاثنين.",
    ),
}

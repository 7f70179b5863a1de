"""Words of questions, folded: those that tell nothing, and those that tell what a question is about.

English, German, Spanish, French and Arabic; in other languages the rare words of a question decide alone.
"""

from summaries.domain.evidence.quoting import folded
from summaries.enums import QuestionTopic

_EMPTY = """
a about after all also am an and any are as at be been before but by can could did do does doing done during for from
give had has have he her him his how i if in into is it its just list me my no not now of on or
our please say session she should
show so some somebody someone tell than that the their them then there they this those to up us use used was we were
what when where which while who whom whose why will with would you your happen happened happens anything something
aber alle als am an auch auf aus bei bin bis das dass dem den der des die dies diese dieser doch du ein eine einem einen
einer er es etwas fur gab gibt habe haben hat hatte hatten ich ihm ihn ihr im in ist ja kann konnte mich mir mit nach
nicht noch nun nur oder ob schon sein sich sie sind so uber um und uns von vor wann war waren warum was welche welchen
welcher welches wem wen wenn wer werden wie wieso wird wir wo wurde wurden zu zum zur sitzung bitte passiert passierte
al algo alguien ante como con cual cuales cuando cuanto de del desde donde durante el ella ellos en entre era es esa ese
eso esta estaba este esto fue fueron ha han hay hizo la las le les lo los mas me mi muy no nos o para pero por que quien
quienes se ser si sin sobre son su sus te tiene un una uno y ya sesion paso pasa favor
au aux avec ce ces cette dans de des du elle en est et etait il ils je la le les leur lui ma mais me mes mon ne nous on
ou par pas pour qu que quel quelle quelles quels qui quoi quand comment pourquoi sa se ses son sont sur ta te tu un une
vous session
ما ماذا من متى أين كيف لماذا هل هو هي في على إلى عن مع أي التي الذي كان كانت هذا هذه تم و أو ثم قد لم لا الجلسة
"""
#: Folded as the words that are compared with them.
STOP_WORDS: frozenset[str] = frozenset(folded(word) for word in _EMPTY.split())

_TOPICS = {
    QuestionTopic.COMMANDS: (
        "command commands ran befehl befehle befehlen kommando kommandos comando comandos ejecutaron commande "
        "commandes أمر أوامر الأوامر"
    ),
    QuestionTopic.ERRORS: (
        "error errors failed failure failures fehler fehlern fehlermeldung fehlermeldungen fehlgeschlagen fallo fallos "
        "errores erreur erreurs خطأ أخطاء الأخطاء"
    ),
    QuestionTopic.FILES: (
        "transferred transfer upload uploaded download downloaded ubertragen hochgeladen heruntergeladen transferido "
        "transferidos transferieron transfere transferes نقل نقلت"
    ),
    QuestionTopic.SAID: (
        "said say says told chat wrote written gesagt sagte schrieb geschrieben dijo dicho escribio dit ecrit قال كتب"
    ),
    QuestionTopic.ENDING: (
        "end ended ending outcome solved resolved fixed result ende endete geendet gelost ergebnis behoben ausgang "
        "termino terminado final resuelto resolvio resultado fini resolu resultat نهاية انتهت انتهى حلت نتيجة"
    ),
}
TOPIC_WORDS: dict[str, frozenset[str]] = {
    topic: frozenset(folded(word) for word in words.split()) for topic, words in _TOPICS.items()
}

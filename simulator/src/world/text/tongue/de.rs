//! German.

use super::{Lines, Tongue};
use crate::world::Language;
use crate::world::text::grammar::Table;

pub const TONGUE: Tongue = Tongue {
    language: Language::De,
    praise: PRAISE,
    question: QUESTION,
    purchase: PURCHASE,
    suggestion: SUGGESTION,
    story: STORY,
    remark: REMARK,
    complaint: COMPLAINT,
    incident: INCIDENT,
    safety: SAFETY,
    answers: [TO_QUESTION, TO_TROUBLE, TO_REST, ASKER],
    owner: [OWNER_TO_QUESTION, OWNER_TO_COMPLAINT, OWNER_TO_INCIDENT, OWNER_TO_REST],
    titles: TITLES,
    incident_titles: &[
        "Unsere {merch} ist da! {n}.000 Bestellungen von Hand gepackt",
        "Wir haben eine eigene {merch} gemacht",
    ],
    descriptions: &[
        "[Heute|Diese Woche] geht es um {topic}: {part} und {part}. [Im Video verwendet|Ausrüstung]: {gear}, {gear2}.",
        "Alles, was ich über {topic} weiß, in einem Video. {gear} habe ich selbst gekauft und {n} Wochen getestet.",
        "Ihr habt nach {topic} gefragt, hier ist es. Wer nur wissen will, wie das mit {gear} klappt, springt zu {min}.",
    ],
    sign_offs: &[
        "Neue Videos alle zwei Tage. Danke fürs Zuschauen!",
        "Fragen? Ab in die Kommentare, ich lese alles.",
        "Gefilmt und geschnitten von {host}.",
    ],
    intro: "Einleitung",
    channel: "{host}: in Ruhe ausprobiert, ehrlich erklärt. Neue Videos alle zwei Tage, Fragen gern in die Kommentare.",
    slots: SLOTS,
};

const SLOTS: &[Table] = &[
    ("thanks", "danke|vielen Dank|tausend Dank|danke dir|herzlichen Dank|merci"),
    ("good", "super|richtig gut|klasse|toll|genial|stark|mega|wunderbar"),
    (
        "who",
        "meine Frau|mein Mann|mein Vater|meine Mutter|meine Schwester|mein Mitbewohner|ein Kollege|meine Tochter|meine Nachbarin",
    ),
    ("when", "heute Morgen|gestern Abend|am Wochenende|am Sonntag|gestern|heute|nach der Arbeit"),
    ("while", "seit Jahren|seit {n} Monaten|seit {n} Jahren|seit Ewigkeiten|schon lange"),
    ("where", "Hamburg|Wien|Leipzig|Zürich|Köln|Graz|Dresden|Freiburg|dem Allgäu|Kiel"),
    ("so", "ehrlich gesagt|ganz ehrlich|muss sagen|ohne Witz|mal im Ernst"),
];

const PRAISE: Lines = &[
    "[endlich|na endlich], [jemand|einer], der {part} [vernünftig|verständlich|ohne Gelaber] erklärt. {thanks}!",
    "{so}, der Tipp bei {min} [hat alles verändert|ist Gold wert|hat mir den Tag gerettet]",
    "[gestern|{when}] ausprobiert: {win}! {thanks}",
    "[ich schaue dich|bin dabei] {while} und das ist [dein bestes Video|eins deiner besten Videos] [bisher|überhaupt]",
    "[wieder|mal wieder] {good}, [weiter so|mehr davon|bitte nicht aufhören]!",
    "[Grüße|liebe Grüße|schöne Grüße] aus {where}! [Deine Videos gehören zu meinem Sonntag|Du machst meine Bahnfahrt erträglich|Toller Kanal]",
    "[kein|null] Clickbait, [kein|null] Gerede, einfach [gute Infos|Praxis|gut gemacht]. [Abo ist da|sofort abonniert|so muss das]",
    "{who} [meinte|sagt], ich [rede nur noch|spreche im Schlaf] über {topic}. [Deine Schuld|Danke dafür|Stimmt leider]",
    "[{min}|die Stelle bei {min}] [ist so gut|musste ich dreimal anschauen|hat bei mir Klick gemacht]",
    "habe {while} {part} falsch gemacht, [peinlich|oje|kein Wunder]. {thanks} fürs Aufklären",
    "[Kamera|Licht|Schnitt] und Ton sind [inzwischen|mittlerweile] [auf Fernsehniveau|richtig stark|ein Genuss]",
    "[du erklärst|das erklärst du] [besser als|klarer als] [jedes Buch|mein Ausbilder|alle anderen hier]",
    "[sehr|wirklich|ausgesprochen] [sympathisch|angenehm] und [informativ|hilfreich]. [Daumen hoch|Danke dafür|Gern mehr zu {topic}]",
    "[genau|exakt] das habe ich gesucht. {part} war [immer mein Problem|mir nie klar]",
    "[dank dir|wegen dir] steht hier jetzt {gear} in der [Küche|Wohnung], {win} [und keine Reue|]",
    "[als|ich als] {pro} [kann ich nur zustimmen|unterschreibe ich das]. [{good} erklärt|Sauber gemacht]",
    "[ich bin {nn} und lerne|mit {nn} lerne ich] noch was dazu. {thanks}",
    "{topic} [endlich verstanden|ergibt endlich Sinn]. [und das in {n} Minuten|Danke!|]",
    "[schön|toll], dass du auch die [Fehlversuche|Pannen] zeigst, [macht Mut|sehr ehrlich|das traut sich sonst keiner]",
    "{good}! [Sofort gespeichert|An drei Freunde geschickt|Morgen wird getestet]",
    "[hab|habe] das Video [zweimal|dreimal] geschaut und [jedes Mal|immer] was Neues entdeckt",
    "der [Blick|Witz|Kommentar|Seufzer] bei {min} [ich kann nicht mehr|hat mich gekillt|ist alles]",
];

const QUESTION: Lines = &[
    "[geht|klappt|funktioniert] das auch mit {gear2}?",
    "[welche|was für eine] Einstellung [nutzt|benutzt] du bei {min}?",
    "[kurze|eine] Frage: [ist|wie wichtig ist] {part} wirklich [so wichtig|entscheidend|]?",
    "[was|und was] mache ich, wenn es nicht klappt? Meins {woe}",
    "weiß [jemand|hier jemand], warum das [bei mir|immer] passiert? Meins {woe}, [alles wie im Video|gleiches Gerät]",
    "{gear} oder {gear2}, was würdest du [Anfängern|am Anfang] empfehlen?",
    "[wie lange|wie oft] muss ich das üben, bis {part} [sitzt|passt]?",
    "[kannst|könntest] du bei {min} nochmal erklären, [was du da machst|warum]? [bin nicht mitgekommen|]",
    "[lohnt sich|rechnet sich] {gear} [heute noch|auch für Einsteiger|wenn man nur {topic} macht]?",
    "[wie heißt|was ist] das [Teil|Gerät] bei {min}? [Steht nicht in der Beschreibung|Find ich nirgends]",
    "[kommt|gibt es] noch ein [zweiter Teil|weiteres Video] zu {topic}?",
    "[hallo|hi|moin] aus {where}! [Gibt es eine Alternative|Kennst du Ersatz] für {gear}? [Hier kaum zu kriegen|]",
    "[blöde Frage|Anfängerfrage]: warum ist {part} [überhaupt|denn] [so ein Thema|wichtig]?",
    "[kann|darf] man {part} [auch weglassen|überspringen], wenn [man|ich] [wenig Zeit hat|es eilig habe]?",
    "[wo|in welchem Video] hast du {part} [schon mal|genauer] gezeigt?",
    "wie [machst|löst] du das [im Urlaub|mit Kindern|in einer kleinen Wohnung]?",
];

const PURCHASE: Lines = &[
    "[wo|und wo] [kann ich|bekomme ich] {gear} kaufen? [Überall ausverkauft|Amazon hat nichts]",
    "liefert ihr die {merch} auch [nach Österreich|in die Schweiz|nach Südtirol]?",
    "wann ist die {merch} wieder [da|auf Lager|bestellbar]?",
    "gibt es [noch|gerade] einen Rabattcode für {gear}?",
    "was [hat|kostet] {gear} [gekostet|aktuell]? [Budget liegt bei {nn}0|]",
    "{gear} gebraucht kaufen, [ja oder nein|gute Idee]? [Hätte eins für {nn}0 gefunden|]",
];

const SUGGESTION: Lines = &[
    "[bitte|gern|unbedingt] [mal|] ein Video [nur|] über {part}!",
    "[Vorschlag|Idee]: {gear} gegen {gear2}, [blind getestet|gleiche Bedingungen]",
    "[könntest|kannst] du die [Werte|Mengen|Schritte] [in die Beschreibung|als Kommentar] [packen|schreiben]? [Wäre super|]",
    "die Musik [ab|bei] {min} ist [etwas|viel] zu laut, sonst top",
    "[mehr|bitte mehr] {topic} und [weniger|nicht so viel] {gear}",
    "[wie wäre es mit|macht doch mal] {topic} für [absolute Anfänger|wenig Geld|zwei Personen]?",
    "eine Playlist [zu|mit allem über] {topic} [wäre klasse|fehlt noch]",
    "kleiner Tipp: {part} [vorher|einmal mehr] prüfen, [spart Zeit|dann klappt es immer]",
];

const STORY: Lines = &[
    "{who} hat mir {gear} [zum Geburtstag|zu Weihnachten] geschenkt, [seitdem|und jetzt] [gibt es kein Zurück|bin ich süchtig]",
    "mein erster Versuch {woe}, der [zweite|dritte|vierte]: {win}",
    "[habe|hab] {nn} Jahre als {pro} gearbeitet, wir haben {part} [genauso|ganz anders] gelernt",
    "[schaue|sehe] das [im Nachtdienst|in der Bahn|mit Baby auf dem Arm] und [freue mich auf zu Hause|will sofort loslegen]",
    "[bei uns|hier] in {where} macht das [jeder|keiner] so, [interessant|aber deine Version ist besser]",
    "{gear} vom Flohmarkt für [zehn|zwanzig|{nn}] Euro, [geputzt|repariert], {win}",
    "{while} dabei und [trotzdem|immer noch] [was gelernt|nicht am Ziel]. {part} [bleibt schwierig|ist meine Baustelle]",
    "[haben|wir haben] das {when} zu zweit probiert, [Chaos|viel gelacht], aber {win}",
];

const REMARK: Lines = &[
    "[wer|wer noch] schaut das [nachts um {n}|statt zu schlafen|in der Mittagspause]?",
    "[erster|endlich mal früh hier|unter den ersten hundert]",
    "die Katze bei {min} [ist der wahre Star|hat keine Lust mehr]",
    "Team {gear} [hier|forever|, und ihr?]",
    "[wollte|eigentlich wollte ich] nur kurz {part} nachschauen, [zwei Stunden später|und bin geblieben]",
    "ab {min} [wird es spannend|geht es los] [für alle mit wenig Zeit|]",
    "[jemand|noch jemand] aus {where} hier?",
];

const COMPLAINT: Lines = &[
    "[leider|sorry, aber] [völlig|komplett] falsch. {part} [funktioniert so nicht|macht man anders], [frag jeden {pro}|bitte besser recherchieren]",
    "[genau so|alles] nachgemacht, meins {woe}. [Zeitverschwendung|Schade ums Material|Enttäuscht]",
    "[{nn} Minuten|viel zu lang] für etwas, das man in [zwei|drei] [erklären|sagen] kann",
    "[nur noch|schon wieder] Werbung, [früher|letztes Jahr] war der Kanal [besser|ehrlicher]. [Deabonniert|Schade]",
    "{gear} ist nach {n} Wochen [kaputt|hinüber], Händler [reagiert nicht|stellt sich quer]. [Danke für die Empfehlung|Finger weg]",
    "der Ton [bei|ab] {min} ist [furchtbar|kaum zu verstehen], bitte [nachbessern|Mikro richten]",
    "[Titel|der Titel] verspricht [etwas anderes|zu viel]. {part}? [Kein Wort|Zehn Sekunden]",
    "die {merch} ist ihr Geld [nicht wert|nicht annähernd wert], [sehr enttäuscht|nie wieder]",
    "[seit {n} Wochen|seit Tagen] keine Antwort auf meine Mail zur {merch}. [Geht gar nicht|Schwach]",
    "[nicht jeder|kaum jemand] kann sich {gear} leisten, [etwas abgehoben|denkt mal dran]",
    "[die Zahlen|deine Angaben] bei {min} [stimmen nicht|können nicht stimmen]. Meins {woe} [deswegen|zweimal]",
    "Link in der Beschreibung [ist tot|führt ins Leere], [zum zweiten Mal|bitte fixen]",
    "[du redest|viel] [zu schnell|zu hektisch], musste {n} mal zurückspulen",
];

const INCIDENT: Lines = &[
    "meine {merch} kam [kaputt|beschädigt|halb leer] an und [niemand antwortet|keine Antwort] seit {n} Tagen",
    "[warte|ich warte] seit {n} Wochen auf die {merch}, [Sendungsnummer|Tracking] [tut sich nichts|steht still]",
    "[doppelt|zweimal] abgebucht! [Wo bleibt|Ich will] [die Erstattung|mein Geld]?",
    "[statt neuer Videos|bevor das nächste Video kommt]: [bitte|vielleicht mal] die Leute mit {merch} [antworten|beliefern]",
    "falsche {merch} bekommen und [den Rückversand soll ich zahlen|keiner fühlt sich zuständig]. [Unverschämt|Nicht euer Ernst]",
    "[ich|wir] haben {host} vertraut. {merch} war [nach einem Tag|schon beim Auspacken] [kaputt|hinüber]. [Traurig|Geld zurück bitte]",
    "[Support|Kundendienst] hat mein Ticket [geschlossen|gelöscht], {merch} [fehlt|ist immer noch kaputt]. [Wütend|Das war's]",
];

const SAFETY: Lines = &[
    "[Achtung|Vorsicht] bei {min}, ich habe mich dabei [verbrannt|verletzt] und war in der Notaufnahme. [Bitte Warnung einblenden|]",
    "{gear} hat bei mir [geschmort|Funken gesprüht]! [Bitte warnt die Leute|Das ist gefährlich]",
    "auf der {merch} [fehlt|steht nichts von] [ein Allergiehinweis|Nüssen], meine Tochter hat [reagiert|Ausschlag]. [Bitte prüfen|]",
];

const TO_QUESTION: Lines = &[
    "[ja|jap], geht [auch|problemlos], nur auf {part} achten",
    "steht in der Beschreibung[, zweiter Link|, ganz unten|]",
    "[würde|ich würde] {gear} nehmen, [hatte beide|läuft hier seit Jahren]",
    "[das frage ich mich auch|gleiche Frage|würde mich auch interessieren]",
    "bei mir lag es an {gear2}, [danach|seitdem] {win}",
    "[hat|dauert] bei mir [etwa|rund] {n} Versuche [gebraucht|, dranbleiben]",
];
const TO_TROUBLE: Lines = &[
    "[bei mir auch|same|ging mir genauso], dachte schon [ich bin schuld|nur bei mir]",
    "[bei mir|hier] klappt es [einwandfrei|super], vielleicht [anderes Gerät|falsche Einstellung]?",
    "[etwas|bisschen] hart, ist [doch|immerhin] kostenlos",
    "[schreib|schreibt] ihnen [eine Mail|über Instagram], [mir wurde geholfen|nach {n} Tagen kam Antwort]",
    "[genau|endlich sagt es jemand|stimmt leider]",
];
const TO_REST: Lines = &[
    "[so ist es|genau so|stimmt|absolut]",
    "[haha|lol], [das war ich {when}|{who} sagt das auch]",
    "[guter Tipp|guter Punkt], [danke|probiere ich aus]!",
    "[und|wie] ist es [geworden|ausgegangen]?",
    "[schön gesagt|sehe ich auch so|ich auch]",
    "[Grüße|viele Grüße] zurück aus {where}",
];
const ASKER: Lines = &[
    "[danke|vielen Dank], [das war's|hat geholfen|probiere ich {when} gleich]!",
    "[ah|ach so], [jetzt verstehe ich|das erklärt einiges], danke",
    "[Update|kurzes Update]: {win}",
];

const OWNER_TO_QUESTION: Lines = &[
    "[gute|sehr gute] Frage[ {name}|]! [Ja, klappt|Geht] auch mit {gear2}, achte nur auf {part}.",
    "[hi|hallo] {name}, [ich würde|für den Anfang würde ich] {gear} nehmen, {part} macht mehr aus als der Preis.",
    "[steht jetzt|habe ich ergänzt], schau mal in die Beschreibung. [Danke für den Hinweis|]",
    "[dazu|genau dazu] [drehe ich gerade|kommt bald] ein Video!",
    "[schau|spul] mal zu {min}, da zeige ich es [Schritt für Schritt|langsam]. [Sonst frag gern nach|]",
    "[meistens|fast immer] liegt das an einer Sache: {part}. [Sag Bescheid|Schreib mir], ob es hilft.",
];
const OWNER_TO_COMPLAINT: Lines = &[
    "[danke für die ehrliche Kritik|berechtigter Punkt]! [Nehme ich mit|Wird im nächsten Video besser].",
    "[das tut mir leid|oh nein]. Schreib mir bitte mit Bestellnummer an hello@, [das klären wir|ich kümmere mich].",
    "[der Ton|die Zahl] bei {min} ist [wirklich daneben|falsch], [Korrektur ist angepinnt|Asche auf mein Haupt].",
    "[hm|komisch]. Welches Gerät [hast|nutzt] du? [Fang mal damit an|Prüf zuerst]: {part}.",
];
const OWNER_TO_INCIDENT: Lines = &[
    "[es tut mir sehr leid|das darf nicht passieren] {name}. Bitte [Bestellnummer|kurze Mail] an hello@, wir [ersetzen|erstatten] sofort.",
    "[die doppelte Abbuchung|der Zahlungsfehler] wird [gerade|heute] zurückgebucht, dauert {n} Werktage. [Entschuldige den Ärger|]",
    "[Ersatz|neue Pakete] [geht|gehen] am [Montag|Donnerstag] raus. [Danke für die Geduld|Sorry nochmal].",
];
const OWNER_TO_REST: Lines = &[
    "[danke dir|vielen Dank] {name}! [Freut mich riesig|Genau dafür mache ich das].",
    "[schön|super], dass es [geklappt hat|hilft]! [Erzähl gern, wie es weitergeht|]",
    "[gute Idee|notiert], kommt auf die Liste!",
    "[haha|ha], [erwischt|gut aufgepasst]. [Die Katze lässt grüßen|]",
    "[viele|liebe] Grüße zurück[ {name}|]!",
    "[genau|stimmt]: {part} wird [total unterschätzt|gern vergessen].",
];

const TITLES: Lines = &[
    "{topic}: {n} Fehler, die [fast jeder macht|ich jahrelang machte|kaum jemand bemerkt]",
    "[So|Endlich so] gelingt {topic} [immer|zu Hause|auch Anfängern]",
    "{gear} oder {gear2}? [Der ehrliche Vergleich|{n} Wochen Test]",
    "{topic} mit {gear}: [lohnt sich das|mein Fazit]?",
    "{topic} [einfach erklärt|in {n} Minuten|für Einsteiger|ohne Schnickschnack]",
    "[Hör auf|Bitte hört auf], das bei {topic} zu tun",
    "Ich habe {nn} Tage {topic} getestet",
    "{topic} für wenig Geld: [geht das|unter 50 Euro]?",
];

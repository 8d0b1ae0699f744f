using Microsoft.ML;

namespace Bert.MLNet.Samples;

/// <summary>Finds sentences by meaning across languages, with a checkpoint that reads them all.</summary>
public static class MultilingualSample
{
    /// <summary>What to do without a multilingual checkpoint.</summary>
    public const string Missing = """
        This sample needs a multilingual checkpoint, because the included model reads only English. Pass one with --model:
          --model sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2    downloads it from the HuggingFace hub (0.5 GB)
          --model FOLDER                                                         opens a folder; no network is needed
        To get a folder for a computer without a network, run this on one that has it, and copy the printed folder:
          dotnet run -c Release --project src/Bert.MLNet.Cli -- download sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2
        """;

    /// <summary>The sentences to search, each with its language and its meaning in English, which the model does not read.</summary>
    public static IReadOnlyList<(string Language, string Text, string English)> Sentences { get; } =
    [
        ("German", "Der Zug nach Hamburg hat eine Stunde Verspätung.", "The train to Hamburg is an hour late."),
        ("German", "Lass den Teig über Nacht im Kühlschrank ruhen.", "Let the dough rest in the fridge overnight."),
        ("French", "La bibliothèque ferme à dix-huit heures le samedi.", "The library closes at six on Saturdays."),
        ("French", "Mon téléphone ne se recharge plus depuis la mise à jour.", "My phone has not charged since the update."),
        ("Spanish", "El médico me recomendó caminar media hora al día.", "The doctor advised me to walk for half an hour a day."),
        ("Spanish", "Los tomates necesitan mucho sol y poca agua.", "Tomatoes need a lot of sun and little water."),
        ("Italian", "Il concerto è stato annullato per la pioggia.", "The concert was cancelled because of rain."),
        ("Portuguese", "Perdi a minha carteira ontem à noite.", "I lost my wallet last night."),
        ("Polish", "Kurs złotego wzrósł po decyzji banku centralnego.", "The złoty rose after the central bank's decision."),
        ("Russian", "Чтобы войти, введите пароль из письма.", "To log in, enter the password from the e-mail."),
        ("Turkish", "Kedimiz bütün gün pencerenin önünde uyuyor.", "Our cat sleeps at the window all day."),
        ("Arabic", "سيصل الطرد غدًا قبل الظهر.", "The parcel will arrive tomorrow before noon."),
        ("Japanese", "会議は来週の火曜日に延期されました。", "The meeting was postponed to next Tuesday."),
        ("Chinese", "这家餐厅的面条又便宜又好吃。", "The noodles in this restaurant are cheap and good."),
    ];

    private static readonly string[] Examples =
    [
        "When will my package be delivered?",
        "I cannot sign in to my account",
        "Welche Pflanzen brauchen viel Licht?",
        "un endroit où manger pour pas cher",
        "money and exchange rates",
    ];

    /// <param name="bert">The multilingual checkpoint.</param>
    /// <param name="questions">The questions to search for, in any of its languages; if empty, a few examples.</param>
    public static void Run(BertModel bert, params string[] questions)
    {
        SemanticSearchSample.Passage[] passages =
            [.. Sentences.Select(sentence => new SemanticSearchSample.Passage { Text = sentence.Text })];
        Dictionary<string, (string Language, string Text, string English)> known = Sentences.ToDictionary(sentence => sentence.Text);
        var ml = new MLContext();
        using var index = new SemanticSearchSample.Index(ml, SemanticSearchSample.Meaning(ml, bert), passages, bySentence: false);
        foreach (string question in questions.Length > 0 ? questions : Examples)
        {
            Console.WriteLine($"'{question}'");
            foreach ((SemanticSearchSample.Passage passage, float cosine) in index.Search(question).Take(3))
            {
                (string language, string text, string english) = known[passage.Text];
                Console.WriteLine($"  {cosine:F2}  {language}: {text} ({english})");
            }
        }
    }
}

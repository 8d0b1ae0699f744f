using System.CommandLine;
using System.Text;
using Bert.MLNet;
using Bert.MLNet.Samples;

const string Captions = "models/en-de-captions";
const string Sentence = "The bank by the river was closed, so she sat down on the bank.";

var model = new Option<string>("--model")
{
    Description = "A folder with a BERT model in HuggingFace's format, or the name of a model on the hub. Default: the included model.",
    Recursive = true,
};
var output = new Option<string>("--out")
{
    Description = "The folder for model.zip, articles.db and attention.html.",
    DefaultValueFactory = _ => "out",
};
var comparison = new Option<bool>("--compare")
{
    Description = "Whether a search for the best model takes part in the comparison of classifiers.",
    DefaultValueFactory = _ => true,
};
var reviews = new Option<string>("--data")
{
    Description = "Training texts, with the columns Text and Label: tab-separated, or comma-separated in a .csv file.",
};
var passages = new Option<string>("--data") { Description = "Passages, tab-separated with a header: title and text." };
var pairs = new Option<string>("--data")
{
    Description = "Pairs, tab-separated with a header: two sentences and a similarity from 0 to 5.",
};
var questions = new Argument<string[]>("questions")
{
    Description = "The text to search for. Default: some examples.",
    Arity = ArgumentArity.ZeroOrMore,
};
var captions = new Argument<string[]>("texts")
{
    Description = "The texts to translate, such as captions of pictures. Default: some examples.",
    Arity = ArgumentArity.ZeroOrMore,
};
var sentence = new Argument<string>("sentence") { Description = "The text to analyze.", DefaultValueFactory = _ => Sentence };

var root = new RootCommand("Bert.MLNet by example. Without a command, every sample runs.")
{
    model, output, reviews, comparison,
    Sample("sentiment", "Train classifiers, compare them, save one and load it again.",
        given => Sentiment(Bert(given), given), output, reviews, comparison),
    Sample("search", "Find passages by meaning.",
        given => SemanticSearchSample.Run(
            Bert(given), given.GetValue(passages) ?? Shipped("articles.tsv"), given.GetValue(questions)!),
        questions, passages),
    Sample("vectors", "Store passages with their vectors in SQLite, and find them through Microsoft.Extensions.VectorData.",
        given => Vectors(Bert(given), given), questions, passages, output),
    Sample("multilingual", "Find sentences by meaning across languages. Needs a multilingual model.",
        given => MultilingualSample.Run(MultilingualBert(given), given.GetValue(questions)!), questions),
    Sample("translate", "Translate captions from English to German.",
        given => TranslateSample.Run(Translator(given), given.GetValue(captions)!), captions),
    Sample("pairs", "Score the similarity of two sentences.",
        given => SentencePairSample.Run(Bert(given), given.GetValue(pairs) ?? Shipped("sentence-pairs.tsv")), pairs),
    Sample("steps", "Tokens, hidden states and one vector, step by step.",
        given => StepByStepSample.Run(Bert(given), given.GetValue(sentence)!), sentence),
    Sample("attention", "Show which token attends to which.",
        given => AttentionSample.Run(Bert(given), given.GetValue(sentence)!, OutputFile(given, "attention.html")), sentence, output),
};
root.SetAction(given => Everything(Bert(given), given));

Console.OutputEncoding = Encoding.UTF8;
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception mistake) when (mistake is IOException or InvalidDataException or UnauthorizedAccessException
    or FormatException or ArgumentException or InvalidOperationException or NotSupportedException)
{
    Console.Error.WriteLine(mistake.Message);
    return 1;
}

void Everything(BertModel bert, ParseResult given)
{
    Title("Sentiment: what do the reviewers think?");
    string modelFile = Sentiment(bert, given);
    Title("Semantic search: passages by meaning");
    SemanticSearchSample.Run(bert, Shipped("articles.tsv"));
    Console.WriteLine();
    SemanticSearchSample.Compare(bert, Shipped("articles.tsv"), Shipped("questions.tsv"));
    Title("Vector store: the same passages in SQLite");
    Vectors(bert, given);
    if (given.GetValue(model) is not null)
    {
        Title("Multilingual search: sentences by meaning across languages");
        MultilingualSample.Run(bert);
    }
    if (Directory.Exists(Shipped(Captions)))
    {
        Title("Translation: captions in German");
        TranslateSample.Run(BertModel.FromPretrained(Shipped(Captions)));
    }
    Title("Sentence pairs: how similar are they?");
    SentencePairSample.Run(bert, Shipped("sentence-pairs.tsv"));
    Title("Step by step: tokens, hidden states, one vector");
    StepByStepSample.Run(bert, Sentence);
    Title("Attention: which token attends to which");
    try
    {
        AttentionSample.Run(bert, Sentence, OutputFile(given, "attention.html"));
    }
    catch (NotSupportedException reason) // a model that is an ONNX graph may not have attention outputs
    {
        Console.WriteLine(reason.Message);
    }
    Title("What next");
    Console.WriteLine($"""
        The classifier was saved as {modelFile}
        A program that references Bert.MLNet loads it with mlContext.Model.LoadFromFile(path, out _).

        Add after: dotnet run -c Release --project src/Bert.MLNet.Samples --
          --data reviews.tsv           your own texts, with columns Text and Label
          --model path/to/folder       another BERT model, in HuggingFace's format
          search "how do birds hunt"   only one sample; --help lists them
          translate "A dog sleeps."    from English to German, by a model that only knows captions
          multilingual --model NAME    search across languages, with a multilingual model
        """);
}

string Sentiment(BertModel bert, ParseResult given)
{
    string modelFile = OutputFile(given, "model.zip");
    if (given.GetValue(reviews) is { } own)
        SentimentSample.Run(bert, own, testFile: null, modelFile, given.GetValue(comparison));
    else
        SentimentSample.Run(bert, Shipped("reviews.tsv"), Shipped("reviews.test.tsv"), modelFile, given.GetValue(comparison));
    return modelFile;
}

void Vectors(BertModel bert, ParseResult given) => VectorStoreSample.RunAsync(
    bert, given.GetValue(passages) ?? Shipped("articles.tsv"), OutputFile(given, "articles.db"), given.GetValue(questions) ?? [])
    .GetAwaiter().GetResult();

Command Sample(string name, string description, Action<ParseResult> run, params Symbol[] inputs)
{
    var command = new Command(name, description);
    foreach (Symbol input in inputs)
    {
        if (input is Option option)
            command.Options.Add(option);
        else
            command.Arguments.Add((Argument)input);
    }
    command.SetAction(run);
    return command;
}

string OutputFile(ParseResult given, string name) => Path.Combine(Directory.CreateDirectory(given.GetValue(output)!).FullName, name);

BertModel Bert(ParseResult given) => BertModel.FromPretrained(given.GetValue(model) ?? Shipped("models/bert-mini-en"));

BertModel MultilingualBert(ParseResult given) =>
    given.GetValue(model) is not null ? Bert(given) : throw new InvalidOperationException(MultilingualSample.Missing);

BertModel Translator(ParseResult given) =>
    given.GetValue(model) is not null ? Bert(given)
    : Directory.Exists(Shipped(Captions)) ? BertModel.FromPretrained(Shipped(Captions))
    : throw new InvalidOperationException(TranslateSample.Missing);

static string Shipped(string file) => Path.Combine(AppContext.BaseDirectory, "data", file); // the build copies data/ there

static void Title(string title)
{
    Console.WriteLine();
    Console.WriteLine(title);
    Console.WriteLine(new string('-', title.Length));
}

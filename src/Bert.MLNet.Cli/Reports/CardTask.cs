using Bert.MLNet.Cli.Training;

namespace Bert.MLNet.Cli.Reports;

/// <summary>What a model card says about a task.</summary>
/// <param name="Tag">The <c>pipeline_tag</c> of the hub.</param>
/// <param name="Library">The Python library.</param>
/// <param name="CSharp">A program in C# that uses the checkpoint.</param>
/// <param name="Python">A program in Python that uses the checkpoint.</param>
internal sealed record CardTask(string Tag, string Library, string CSharp, string Python)
{
    private const string Transformers = "transformers", SentenceTransformers = "sentence-transformers", Text = "\"Some text.\"",
        Pair = "\"Some text.\", \"Another text.\"";

    /// <summary>The task of a verb and its method; null if it is not known.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="method">The method.</param>
    /// <param name="isPair">Whether labels are those of pairs.</param>
    public static CardTask? Of(string verb, string method, bool isPair) => (verb, method) switch
    {
        ("text-classification", MethodOption.FewShot) => new("text-classification", SentenceTransformers, Classify(Text, ""), Vectors),
        ("text-classification", _) => new("text-classification", Transformers,
            isPair ? Classify($"new BertTextPair({Pair})", "Pair") : Classify(Text, ""),
            Pipeline("text-classification", isPair ? "{\"text\": \"Some text.\", \"text_pair\": \"Another text.\"}" : Text)),
        ("named-entity-recognition", _) => new("token-classification", Transformers,
            Program("EntityRecognizer", Text, "item.Type + \": \" + item.Text"),
            Pipeline("token-classification", Text, ", aggregation_strategy=\"first\"")),
        ("question-answering", _) => new("question-answering", Transformers,
            Program("QuestionAnswerer", $"new BertQuestion({Pair})", "item.Text"),
            Pipeline("question-answering", "question=\"A question?\", context=\"Some text.\"")),
        ("sentence-similarity", MethodOption.BiEncoder) => new("sentence-similarity", SentenceTransformers,
            Using("Embedder") + $"ReadOnlyMemory<float> vector = predictor.Predict({Text}).Vector;", Vectors),
        ("sentence-similarity", _) => new("text-ranking", SentenceTransformers,
            Program("Reranker", "new BertRankingQuery(\"Some text.\", [\"Another text.\"])", "item.Score"),
            $"from sentence_transformers import CrossEncoder\nprint(CrossEncoder(\"FOLDER\").predict([({Pair})]))"),
        _ => null,
    };

    private static string Vectors =>
        $"from sentence_transformers import SentenceTransformer\nvectors = SentenceTransformer(\"FOLDER\").encode([{Text}])";

    private static string Classify(string input, string kind) =>
        Program(kind + "Classifier", input, "item.Label + \": \" + item.Score");

    private static string Program(string kind, string input, string shown) =>
        Using(kind) + $"foreach (var item in predictor.Predict({input}))\n    Console.WriteLine({shown});";

    private static string Using(string kind) =>
        $"using Bert.MLNet;\n\nusing var predictor = BertModel.FromPretrained(\"FOLDER\").Create{kind}();\n";

    private static string Pipeline(string task, string input, string options = "") =>
        $"from transformers import pipeline\nprint(pipeline(\"{task}\", model=\"FOLDER\"{options})({input}))";
}

using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Generated code of <c>named-entity-recognition</c>.</summary>
internal static class EntityRecognitionCode
{
    private static readonly CodeColumn s_text = new("Text", "Text", "string");

    /// <param name="settings">How the model was trained.</param>
    /// <param name="sample">A text.</param>
    public static ModelCode Create(TrainingSettings settings, params IReadOnlyList<string> sample) => new()
    {
        Scenario = "NamedEntityRecognition",
        Trainer = "NamedEntityRecognition",
        MetricName = "F1Score",
        Labels = [new("Types", "Types", "string[]"), new("Starts", "Starts", "int[]"), new("Ends", "Ends", "int[]")],
        Texts = [s_text],
        Outputs =
        [
            s_text, new("Entities", "Entities", "string[]"), new("EntityTypes", "EntityTypes", "string[]"), new("EntityScores", "EntityScores", "float[]"),
            new("EntityStarts", "EntityStarts", "int[]"), new("EntityEnds", "EntityEnds", "int[]"),
        ],
        RowOfCells = "OfTags(cells[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), cells[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))",
        Rows = form => form switch
        {
            SourceForm.Conll => "ReadTexts(inputDataFilePath)",
            SourceForm.JsonLines => DataLoading.RowsOfLines,
            _ => null,
        },
        Readers = form => form switch
        {
            SourceForm.Conll => Texts + "\n" + Tags,
            SourceForm.JsonLines => Line + "\n" + Tags,
            _ => Tags,
        },
        Pipeline = $$"""
                    var types = mlContext.Transforms.Conversion.MapValueToKey("TypeKeys", "Types", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue);{{(settings.HasValidationSet
                        ? "\n        IDataView validation = types.Fit(trainData).Transform(LoadIDataViewFromFile(mlContext, ValidationFilePath));"
                        : "")}}
                    var options = new NamedEntityRecognitionTrainer.Options
                    {
            {{Pipelines.Options(settings, "Sentence1ColumnName = \"Text\",", "LabelColumnName = \"TypeKeys\",", "LabelStartsColumnName = \"Starts\",", "LabelEndsColumnName = \"Ends\",")}}
                    };
                    return types.Append(mlContext.MulticlassClassification.Trainers.NamedEntityRecognition(bert, options));
            """,
        Metrics = "NamedEntityMetrics",
        Evaluation = "mlContext.MulticlassClassification.EvaluateNamedEntitySpans(predictions, \"Types\", \"Starts\", \"Ends\")",
        MetricsShown = ["Micro.Precision", "Micro.Recall", "Micro.F1Score"],
        Show = """
            for (int i = 0; i < output.Entities.Length; i++)
                Console.WriteLine(FormattableString.Invariant($"{output.EntityTypes[i]}: {output.Entities[i]} (from {output.EntityStarts[i]} to {output.EntityEnds[i]}, {output.EntityScores[i]})"));
            """,
        Sample = sample,
    };

    private const string Texts = """
            private static IEnumerable<ModelInput> ReadTexts(string path)
            {
                List<string> words = [], tags = [];
                foreach (string line in File.ReadLines(path).Append(""))
                {
                    string[] cells = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                    if (cells is ["-DOCSTART-", ..])
                        continue;
                    if (cells.Length > 0)
                    {
                        words.Add(cells[0]);
                        tags.Add(cells.Length > 1 ? cells[^1] : throw new InvalidDataException($"The word '{cells[0]}' has no tag."));
                        continue;
                    }
                    if (words.Count > 0)
                        yield return OfTags([.. words], [.. tags]);
                    words.Clear();
                    tags.Clear();
                }
            }

        """;

    private const string Line = """
            /// <summary>A row of words and tags, or of a text and its entities.</summary>
            private static ModelInput OfLine(JsonElement row)
            {
                if (Field(row, "words", "tokens") is { } words)
                    return OfTags(Texts(words), Texts(Field(row, "labels", "tags", "ner_tags") ?? throw new InvalidDataException($"A row has no labels: {row}")));
                JsonElement[] entities = Field(row, "entities") is { } list ? [.. list.EnumerateArray()] : [];
                return new ModelInput
                {
                    Text = row.GetProperty("text").GetString()!,
                    Types = [.. entities.Select(entity => Field(entity, "type", "label")?.GetString() ?? throw new InvalidDataException($"An entity has no type: {row}"))],
                    Starts = [.. entities.Select(entity => entity.GetProperty("start").GetInt32())],
                    Ends = [.. entities.Select(entity => entity.GetProperty("end").GetInt32())],
                };
            }

            private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

            private static JsonElement? Field(JsonElement row, params string[] names)
            {
                foreach (string name in names)
                {
                    if (row.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
                        return value;
                }
                return null;
            }

        """;

    private const string Tags = """
            /// <summary>The text of words, and the entities that their tags say.</summary>
            private static ModelInput OfTags(string[] words, string[] tags)
            {
                if (words.Length != tags.Length)
                    throw new InvalidDataException($"A row has {words.Length} words and {tags.Length} tags: {string.Join(' ', words)}");
                List<string> types = [];
                List<int> starts = [], ends = [];
                (char Prefix, string Type) before = ('O', "");
                for (int i = 0, place = 0; i < words.Length; place += words[i].Length + 1, i++)
                {
                    (char Prefix, string Type) tag = ReadTag(tags[i]);
                    if (tag.Prefix != 'O')
                    {
                        if (tag.Prefix is 'B' or 'S' || before.Prefix is 'O' or 'E' or 'S' || tag.Type != before.Type)
                        {
                            types.Add(tag.Type);
                            starts.Add(place);
                            ends.Add(place);
                        }
                        ends[^1] = place + words[i].Length;
                    }
                    before = tag;
                }
                return new ModelInput { Text = string.Join(' ', words), Types = [.. types], Starts = [.. starts], Ends = [.. ends] };
            }

            /// <summary>A tag of BIO, IOE, IOBES or BILOU, or a type without a prefix.</summary>
            private static (char Prefix, string Type) ReadTag(string tag) =>
                tag is "" or "0" ? ('O', "")
                : !"BIOESLU".Contains(tag[0]) || (tag.Length > 1 && tag[1] != '-') ? ('I', tag)
                : (tag[0] switch { 'L' => 'E', 'U' => 'S', _ => tag[0] }, tag.Length > 2 ? tag[2..] : "_");

        """;
}

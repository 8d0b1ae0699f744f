using System.Reflection;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Catalog;

/// <summary>Null where the public API requires a value: an error that names the parameter or the option.</summary>
public class NullArgumentTests
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly MLContext s_ml = new(seed: 1);
    private static readonly NullabilityInfoContext s_nullability = new();

    private static readonly Lazy<object[]> s_values = new(() => [.. Values()]);

    [Fact]
    public void Every_public_method_names_the_parameter_that_must_not_be_null()
    {
        var wrong = new List<string>();
        int tried = 0;
        foreach (MethodBase method in typeof(BertModel).Assembly.ExportedTypes.SelectMany(Methods))
        {
            ParameterInfo[] parameters = method.GetParameters();
            foreach (ParameterInfo parameter in parameters.Where(IsRequired))
            {
                object? receiver = method.IsStatic || method.IsConstructor ? null : Value(method.DeclaringType!);
                object?[] arguments = Array.ConvertAll(parameters, other => other == parameter ? null : Argument(other));
                tried++;
                Exception? error = Thrown(() => method is ConstructorInfo constructor
                    ? constructor.Invoke(arguments)
                    : method.Invoke(receiver, arguments));
                // A method without options hands its parameters on as options, some of which have longer names.
                if (error is not ArgumentException { ParamName: { } name }
                    || !name.Replace("IndexStart", "Index", StringComparison.Ordinal)
                        .Contains(parameter.Name!, StringComparison.OrdinalIgnoreCase))
                    wrong.Add($"{method.DeclaringType!.Name}.{method.Name}({parameter.Name}): {error?.GetType().Name} {error?.Message}");
            }
        }
        Assert.True(tried > 100, $"Only {tried} parameters were tried.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_option_that_must_not_be_null_is_named()
    {
        var wrong = new List<string>();
        int tried = 0;
        foreach (MethodInfo method in typeof(BertModel).Assembly.ExportedTypes.SelectMany(Methods).OfType<MethodInfo>()
            .Where(method => method.IsStatic))
        {
            ParameterInfo[] parameters = method.GetParameters();
            if (parameters.FirstOrDefault(parameter => parameter.Name == "options" && IsRequired(parameter)) is not { } place)
                continue;
            foreach (PropertyInfo option in place.ParameterType.GetProperties().Where(IsRequired))
            {
                object options = Options(place.ParameterType);
                option.SetValue(options, null);
                tried++;
                Exception? error = Thrown(
                    () => method.Invoke(null, Array.ConvertAll(parameters, other => other == place ? options : Argument(other))));
                if (error is not ArgumentException || !error.Message.Contains(option.Name, StringComparison.Ordinal))
                    wrong.Add($"{method.Name}, {place.ParameterType.FullName}.{option.Name}: {error?.GetType().Name} {error?.Message}");
            }
        }
        Assert.True(tried > 50, $"Only {tried} options were tried.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<MethodBase> Methods(Type type) => type.IsAssignableTo(typeof(Delegate)) ? [] :
    [
        .. type.GetMethods(Public)
            .Where(method => !method.GetParameters().Any(parameter => parameter.ParameterType.IsByRefLike)
            && !method.IsAbstract
            && !method.IsSpecialName
            && !method.ContainsGenericParameters
            && method.Name is not ("Equals" or "Deconstruct")),
        .. type.GetConstructors(),
    ];

    private static bool IsRequired(ParameterInfo parameter) =>
        !parameter.IsOut && !parameter.ParameterType.IsValueType && s_nullability.Create(parameter).WriteState == NullabilityState.NotNull;

    private static bool IsRequired(PropertyInfo property) =>
        property.CanWrite && !property.PropertyType.IsValueType && s_nullability.Create(property).WriteState == NullabilityState.NotNull;

    private static Exception? Thrown(Func<object?> call)
    {
        try
        {
            (call() as Task)?.GetAwaiter().GetResult();
            return null;
        }
        catch (TargetInvocationException error)
        {
            return error.InnerException;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private static object? Argument(ParameterInfo parameter)
    {
        if (parameter.HasDefaultValue && parameter.DefaultValue is { } value)
            return parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, value) : value;
        if (parameter.IsOut || !IsRequired(parameter))
            return parameter.ParameterType is { IsValueType: true, IsByRef: false, IsByRefLike: false } type
                && Nullable.GetUnderlyingType(type) is null ? Activator.CreateInstance(type) : null;
        return Value(parameter.ParameterType);
    }

    private static object Value(Type type) =>
        s_values.Value.FirstOrDefault(type.IsInstanceOfType) ?? (type == typeof(string) ? "x" : Options(type));

    private static object Options(Type type) => Activator.CreateInstance(type)!;

    private static IEnumerable<object> Values()
    {
        BertModel model = new TinyCheckpoint().Load();
        IDataView data = s_ml.Data.LoadFromEnumerable([new EveryTransformer.Row()]);
        yield return model;
        yield return model.Tokenizer;
        yield return model.Tokenizer.Vocabulary;
        yield return model.Sentence;
        yield return model.Tokenizer.Options;
        yield return data;
        yield return data.Schema;
        yield return new MemoryStream();
        yield return (Func<IReadOnlyList<string>, CancellationToken, IReadOnlyList<ReadOnlyMemory<float>>>)((_, _) => []);
        yield return new[] { "a" };
        yield return new[] { 1 };
        yield return s_ml.Transforms.Text;
        yield return s_ml.MulticlassClassification.Trainers;
        yield return s_ml.MulticlassClassification;
        yield return s_ml.BinaryClassification.Trainers;
        yield return s_ml.Regression.Trainers;
        yield return s_ml.Regression;
        yield return s_ml.Ranking.Trainers;
        yield return s_ml.Ranking;
        yield return new CoSENTLoss();
        yield return s_ml.Model;
        foreach (Type type in EveryTransformer.Types)
            yield return EveryTransformer.Create(s_ml, type).Transformer;
        yield return s_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model);
        yield return s_ml.Transforms.Text.ApplyBertPairEmbedding("Features", "Text", "Other", model);
        yield return s_ml.Transforms.Text.ApplyBertEncoder(model: model);
        yield return s_ml.Transforms.Text.ApplyBertPooling("Features");
        yield return s_ml.Transforms.Text.ApplyBertTokenizer(model: model);
        yield return s_ml.Transforms.Text.ApplyBertClassifier(
            "PredictedLabel", "Text", EveryTransformer.Model("BertForSequenceClassification"));
        yield return s_ml.Transforms.Text.ApplyBertCrossEncoder(
            "Score", "Text", "Other", EveryTransformer.Model("BertForSequenceClassification", "one"));
        yield return s_ml.Transforms.Text.ApplyBertTokenClassifier(
            "Entities", "Text", EveryTransformer.Model("BertForTokenClassification"));
        yield return s_ml.Transforms.Text.ApplyBertQuestionAnswering(
            "Answer", "Text", "Other", EveryTransformer.Model("BertForQuestionAnswering", "start", "end"));
        yield return s_ml.Transforms.Text.ApplyBertZeroShotClassifier("PredictedLabel", "Text", ["a"], EveryTransformer.NliModel);
        yield return s_ml.Transforms.Text.ApplyBertExtractiveSummarizer("Summary", "Text", model);
        yield return s_ml.Transforms.Text.ApplyBertFillMask("Tokens", "Text", EveryTransformer.Model("BertForMaskedLM"));
        yield return s_ml.Transforms.Text.ApplyBertExplanation("Words", "Text", EveryTransformer.Model("BertForSequenceClassification"));
        yield return s_ml.Transforms.Text.ApplyBertSequenceToSequence("Written", "Text", model.WithDecoder());
        yield return s_ml.MulticlassClassification.Trainers.SequenceToSequence(model: model.WithDecoder());
        yield return s_ml.BinaryClassification.Trainers.TextClassification(model: model);
        yield return s_ml.MulticlassClassification.Trainers.TextClassification(model: model);
        yield return s_ml.MulticlassClassification.Trainers.NamedEntityRecognition(model: model);
        yield return s_ml.MulticlassClassification.Trainers.QuestionAnswer(model: model);
        yield return s_ml.MulticlassClassification.Trainers.MaskedLanguageModel(model: model);
        yield return s_ml.Regression.Trainers.SentenceSimilarity(model: model);
        yield return s_ml.Ranking.Trainers.SentenceEmbedding(model: model);
        yield return s_ml.Ranking.Trainers.ExtractiveSummarization(model: model);
        yield return SchemaAssert.ShapeOf(data.Schema);
        yield return s_ml;
        yield return s_ml.BertAuto();
        yield return s_ml.BertAuto().CreateTextClassificationExperiment(1);
        yield return (Func<MLContext, string, string, IEstimator<ITransformer>>)((ml, _, _) => ml.Transforms.CopyColumns("a", "b"));
        yield return BertAttention.Compute(model, "good");
    }
}
